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

    /// <summary>Takes samples of a dispatch by payload, before it is dispatched itself. What the expert has no use for it drops.</summary>
    /// <param name="chunk">The samples.</param>
    [AlwaysInterleave, Alias("TakeSamples")]
    Task ReceiveSamples(SampleChunk chunk);

    /// <summary>Computes loss and gradients of a shard's samples for this expert.</summary>
    /// <param name="request">The samples and gates.</param>
    [AlwaysInterleave, Alias("Dispatch")]
    Task<DispatchReply> Dispatch(DispatchRequest request);

    /// <summary>Folds a step's partial gradients and updates the weights, if all of them are here.</summary>
    /// <param name="request">The step and what must be here.</param>
    [AlwaysInterleave, Alias("Commit")]
    Task<CommitReply> Commit(CommitRequest request);

    /// <summary>Classifies test samples; leaves the ledger alone.</summary>
    /// <param name="request">The samples and gates.</param>
    [AlwaysInterleave, Alias("Evaluate")]
    Task<EvaluateReply> Evaluate(EvaluateRequest request);

    /// <summary>Reads the expert's weights and version.</summary>
    [AlwaysInterleave, Alias("Read")]
    Task<ExpertSnapshot> Read();

    /// <summary>Reads the weights kept last; their step is the version.</summary>
    [AlwaysInterleave, Alias("ReadKept")]
    Task<ExpertSnapshot> ReadBest();

    /// <summary>
    /// The assignment has the expert on another silo: it goes there and leaves its state behind. Returns at once; what comes
    /// meanwhile may still find it here, which a restore tells.
    /// </summary>
    [Alias("Move")]
    Task Move();

    /// <summary>The run is over: the expert deactivates.</summary>
    [Alias("Release")]
    Task Release();
}
