using MoeOrleans.Grains.Messages;
using Orleans.Concurrency;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// One expert of a run: it owns its weights, its optimiser state, and the forward and backward pass of the samples that
/// routers send it. Key: run id / expert.
/// </summary>
[Alias("moe.IExpertGrain.v1")]
internal interface IExpertGrain : IGrainWithStringKey
{
    /// <summary>Sets the expert to a version, for a generation of the coordinator.</summary>
    /// <param name="request">The version and its state.</param>
    [Alias("Restore")]
    Task<RestoreReply> Restore(RestoreRequest request);

    /// <summary>Receives a piece of the state of a restore that follows, for a state that is too large for one message.</summary>
    /// <param name="piece">The piece.</param>
    [Alias("ReceiveState")]
    Task ReceiveState(RestorePiece piece);

    /// <summary>Receives samples of a dispatch by payload, before the dispatch itself. Samples of no use are dropped.</summary>
    /// <param name="chunk">The samples.</param>
    [AlwaysInterleave, Alias("TakeSamples")]
    Task ReceiveSamples(SampleChunk chunk);

    /// <summary>Computes loss and gradients of a shard's samples for this expert.</summary>
    /// <param name="request">The samples and gates.</param>
    [AlwaysInterleave, Alias("Dispatch")]
    Task<DispatchReply> Dispatch(DispatchRequest request);

    /// <summary>Folds a step's partial gradients and updates the weights, if all partials are complete.</summary>
    /// <param name="request">The step and the samples it must cover.</param>
    [AlwaysInterleave, Alias("Commit")]
    Task<CommitReply> Commit(CommitRequest request);

    /// <summary>Classifies test samples; does not touch the ledger.</summary>
    /// <param name="request">The samples and gates.</param>
    [AlwaysInterleave, Alias("Evaluate")]
    Task<EvaluateReply> Evaluate(EvaluateRequest request);

    /// <summary>Reads a piece of the expert's state.</summary>
    /// <param name="tensor">The array.</param>
    /// <param name="first">The first element wanted.</param>
    [AlwaysInterleave, Alias("ReadPiece")]
    Task<ExpertSnapshot> Read(ExpertTensor tensor, int first = 0);

    /// <summary>
    /// Moves the expert, without its state, to the silo that its assignment names. Returns at once: calls may still reach the old
    /// activation for a while. The reply to a restore names the silo.
    /// </summary>
    [Alias("Move")]
    Task Move();

    /// <summary>Deactivates the expert: the run is over.</summary>
    [Alias("Release")]
    Task Release();
}
