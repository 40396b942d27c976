using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.PatchCnn;

/// <summary>Options of the paper's two-layer patch CNN.</summary>
internal sealed record PatchCnnOptions : ExpertOptions
{
    /// <summary>Filters for each output J: a patch CNN has J times <see cref="ModelSpec.Outputs"/> of them.</summary>
    [Field("Filters of a cnn for each output J", Min = 1, Max = 65_536)]
    public int Filters { get; init; } = 8;
}

/// <summary>The options of a model whose experts are patch CNNs.</summary>
internal static class PatchCnnModel
{
    private static readonly PatchCnnOptions s_defaults = new();

    extension(ModelSpec model)
    {
        /// <summary>Filters for each output J; the default if the experts are of another kind, as in the JSON form.</summary>
        public int Filters => (model.Options as PatchCnnOptions ?? s_defaults).Filters;
    }
}
