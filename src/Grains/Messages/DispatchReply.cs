using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>An expert's answer to a dispatch.</summary>
/// <param name="Kind">
/// <see cref="DispatchKind.Done"/>, or why it was refused: <see cref="DispatchKind.Ahead"/>, <see cref="DispatchKind.Behind"/>,
/// <see cref="DispatchKind.SamplesMissing"/>.
/// </param>
/// <param name="Version">The expert's version.</param>
/// <param name="GateGradients">d loss / d gate of each sample.</param>
/// <param name="BlockLosses">Sum of the losses of each block's samples.</param>
/// <param name="Hits">Samples classified correctly.</param>
/// <param name="ComputeMilliseconds">Time on the compute lane, summed over its threads.</param>
/// <param name="Timing">Where its time went.</param>
[GenerateSerializer, Immutable, Alias("moe.DispatchReply.v1")]
internal sealed record DispatchReply(
    [property: Id(0)] DispatchKind Kind,
    [property: Id(1)] long Version,
    [property: Id(2)] WireTensor<float>? GateGradients,
    [property: Id(3)] WireTensor<double>? BlockLosses,
    [property: Id(4)] int Hits,
    [property: Id(5)] double ComputeMilliseconds,
    [property: Id(6)] DispatchTiming Timing = default);
