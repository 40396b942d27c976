namespace MoeOrleans.Coordinator.Protocol;

/// <summary>Why a step has to be given up for a recovery.</summary>
public enum RecoverReason
{
    /// <summary>There is nothing to recover from.</summary>
    None,

    /// <summary>An expert is at an earlier version than this step.</summary>
    LostCommits,

    /// <summary>An expert was never restored by this generation: it is a new activation.</summary>
    NotRestored,

    /// <summary>A router or an expert failed as often as it may.</summary>
    AttemptsExhausted,

    /// <summary>
    /// The same work had two results, or an expert misses what no shard holds. This cannot happen where all silos run the
    /// same program; if it comes again after a recovery, the run has to end with an error.
    /// </summary>
    Contradiction,
}
