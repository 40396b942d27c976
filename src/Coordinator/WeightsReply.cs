using System.Collections.Immutable;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator;

/// <summary>The weights of a mixture.</summary>
/// <param name="Router">Theta, experts x dim.</param>
/// <param name="Experts">Flat parameters of each expert (storage layout).</param>
[GenerateSerializer, Immutable, Alias("moe.WeightsReply.v1")]
internal sealed record WeightsReply([property: Id(0)] WireTensor<float> Router, [property: Id(1)] ImmutableArray<WireTensor<float>> Experts)
{
    /// <summary>A copy of the weights, with the layout of an expert's parameters.</summary>
    /// <param name="spec">The specification of their run.</param>
    internal MixtureWeights<float> ToMixture(RunSpec spec) => new(
        Router.Span.ToArray(),
        [.. Experts.Select(expert => expert.Span.ToArray())],
        ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches));
}
