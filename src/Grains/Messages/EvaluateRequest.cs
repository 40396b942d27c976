using MoeOrleans.Compute.Data;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>Test or validation samples for one expert to classify.</summary>
/// <param name="Version">The version that is evaluated.</param>
/// <param name="Indexes">By reference the index of each sample in its set; by payload null.</param>
/// <param name="Gates">Gate of each sample.</param>
/// <param name="Samples">By payload the samples; by reference null.</param>
/// <param name="Set">The set that the samples are of.</param>
/// <param name="WithLosses">Whether the reply has the losses.</param>
[GenerateSerializer, Immutable, Alias("moe.EvaluateRequest.v1")]
internal sealed record EvaluateRequest(
    [property: Id(0)] long Version,
    [property: Id(1)] WireTensor<int>? Indexes,
    [property: Id(2)] WireTensor<float> Gates,
    [property: Id(3)] WireSamples? Samples,
    [property: Id(4)] SampleSet Set = SampleSet.Test,
    [property: Id(5)] bool WithLosses = false);
