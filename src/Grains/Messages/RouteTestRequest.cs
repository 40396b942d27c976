using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Messages;

/// <summary>A range of the test or validation samples to route and classify.</summary>
/// <param name="Run">The run.</param>
/// <param name="Version">Version of the experts' weights; names the draw of noise.</param>
/// <param name="Purpose">With a draw of noise, or without noise.</param>
/// <param name="First">First sample.</param>
/// <param name="Count">Number of samples.</param>
/// <param name="Theta">The router's weights, experts x dim.</param>
/// <param name="Set">The set that the samples are of.</param>
/// <param name="WithLosses">Whether the reply has the losses.</param>
[GenerateSerializer, Immutable, Alias("moe.RouteTestRequest.v1")]
internal sealed record RouteTestRequest(
    [property: Id(0)] RunContext Run,
    [property: Id(1)] long Version,
    [property: Id(2)] RoutePurpose Purpose,
    [property: Id(3)] int First,
    [property: Id(4)] int Count,
    [property: Id(5)] WireTensor<float> Theta,
    [property: Id(6)] SampleSet Set = SampleSet.Test,
    [property: Id(7)] bool WithLosses = false);
