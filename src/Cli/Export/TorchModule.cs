using System.Reflection;
using System.Text.Json;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Export;

/// <summary>A trained model as a PyTorch module, which reads weights.safetensors next to it.</summary>
internal static class TorchModule
{
    /// <summary>Name of the weights' file.</summary>
    public const string Weights = "weights.safetensors";

    /// <summary>Name of the module.</summary>
    public const string Module = "model.py";

    private const string NoSettings = "SETTINGS = {}";

    /// <summary>The module's text.</summary>
    /// <param name="model">The model.</param>
    public static string Of(TrainedModel model)
    {
        var spec = model.Spec;
        // The serializer escapes quotes, so that the text cannot end the literal.
        var settings = JsonSerializer.Serialize(new
        {
            expert = spec.Model.Expert,
            experts = spec.Model.Experts,
            outputs = spec.Model.Outputs,
            units = spec.Model.Options is MlpOptions mlp ? mlp.Hidden : spec.Model.Filters * spec.Model.Outputs,
            bias = spec.Model.Bias,
            activation = spec.Model.Activation.Name,
            patches = spec.Data.Patches,
            dim = spec.Data.Dim,
            router = model.Saved.Weights.Router.Length > 0,
            gate = SpecField.Format(spec.Routing.Gate),
            standardized = model.Saved.Weights.Standardization is not null,
            classNames = ClassNames.Of(spec.Data),
            weightsSha256 = model.Saved.Weights.Sha256(),
        });
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("mixture.py")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace(NoSettings, $"SETTINGS = json.loads(r'''{settings}''')", StringComparison.Ordinal);
    }
}
