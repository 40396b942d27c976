using System.Collections.Immutable;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Messages;

/// <summary>Sets an expert to a version.</summary>
/// <param name="Run">The run.</param>
/// <param name="Generation">The coordinator's generation.</param>
/// <param name="Version">The version; at 0 the expert draws its own initial weights.</param>
/// <param name="Weights">Flat parameters of the version; null at version 0, and if the state was sent before, in pieces.</param>
/// <param name="OptimiserState">State of the optimiser: momentum, or Adam's moments; null at version 0, or if no step follows.</param>
/// <param name="BestVersion">Version of <paramref name="BestWeights"/>.</param>
/// <param name="BestWeights">Weights of the smallest loss so far; null if the run does not keep them.</param>
/// <param name="Pieces">The arrays that were sent before, in pieces; empty if the request has all arrays itself.</param>
[GenerateSerializer, Immutable, Alias("moe.RestoreRequest.v1")]
internal sealed record RestoreRequest(
    [property: Id(0)] RunContext Run,
    [property: Id(1)] long Generation,
    [property: Id(2)] long Version,
    [property: Id(3)] WireTensor<float>? Weights,
    [property: Id(4)] WireTensor<float>? OptimiserState,
    [property: Id(5)] long BestVersion = 0,
    [property: Id(6)] WireTensor<float>? BestWeights = null,
    [property: Id(7)] ImmutableArray<ExpertTensor> Pieces = default);
