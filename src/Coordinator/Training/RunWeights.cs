using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>The weights of a mixture.</summary>
/// <param name="Router">Theta, experts x dim.</param>
/// <param name="Experts">Flat parameters of each expert (storage layout).</param>
internal sealed record RunWeights(WireTensor<float> Router, ImmutableArray<WireTensor<float>> Experts)
{
    /// <summary>Flat parameters of an expert; not to be changed.</summary>
    /// <param name="expert">The expert.</param>
    internal float[] Array(int expert) => Array(Experts[expert]);

    /// <summary>The weights with the layout of an expert's parameters.</summary>
    /// <param name="spec">The specification of their run.</param>
    internal MixtureWeights<float> ToMixture(RunSpec spec) => new(
        Array(Router),
        [.. Experts.Select(Array)],
        ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches));

    // Weights may be gigabytes: the arrays that were received are not copied.
    private static float[] Array(WireTensor<float> tensor) =>
        MemoryMarshal.TryGetArray(tensor.Memory, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : tensor.Span.ToArray();
}
