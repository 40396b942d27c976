using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Hosting.Training;

/// <summary>Fetches the weights of a run piece by piece.</summary>
/// <param name="spec">The specification of the run.</param>
/// <param name="read">Reads the piece of an expert's parameters, or of the router's, that begins at an element; null if there are no such weights.</param>
internal sealed class WeightsFetch(RunSpec spec, Func<int?, int, Task<WireTensor<float>?>> read)
{
    /// <summary>Fetches all weights.</summary>
    /// <returns>The weights; null if there are none.</returns>
    public async Task<MixtureWeights<float>?> Fetch()
    {
        // Every mixture has an expert; a router without weights has no piece.
        if (await read(0, 0) is null) return null;
        var layout = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        var router = await Tensor(null, RouterGradientLayout.Of(spec, spec.Data.Dim).GradientLength);
        var experts = new List<float[]>();
        for (var m = 0; m < spec.Model.Experts; m++) experts.Add(await Tensor(m, layout.Length));
        return new MixtureWeights<float>(router, [.. experts], layout);
    }

    private Task<float[]> Tensor(int? expert, int length) =>
        TensorPiece.ReadAll(length, async first => await read(expert, first) ?? throw new InvalidOperationException("The weights are gone."));
}
