using MoeOrleans.Grains.Wire;
using Orleans.Concurrency;

namespace MoeOrleans.Coordinator.Weights;

/// <summary>
/// Keeps a piece of the weights of a run that has ended, for clients to fetch. It is as small as a message, so it moves to another silo as
/// any grain does. Key: run id / piece.
/// </summary>
[Alias("moe.IWeightsGrain.v1")]
internal interface IWeightsGrain : IGrainWithStringKey
{
    /// <summary>Keeps a piece.</summary>
    /// <param name="piece">The piece.</param>
    [Alias("Keep")]
    Task Keep(WireTensor<float> piece);

    /// <summary>The piece.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<WireTensor<float>> Get();

    /// <summary>Whether the piece is here; it may have been lost with a silo.</summary>
    [AlwaysInterleave, Alias("IsKept")]
    Task<bool> IsKept();

    /// <summary>Moves the piece to another silo if its own is about to leave. Returns at once.</summary>
    [AlwaysInterleave, Alias("Move")]
    Task Move();

    /// <summary>Drops the piece.</summary>
    [Alias("Release")]
    Task Release();
}
