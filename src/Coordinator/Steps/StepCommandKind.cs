namespace MoeOrleans.Coordinator.Protocol;

/// <summary>What a step asks its coordinator to do.</summary>
public enum StepCommandKind
{
    /// <summary>Route a shard, to all experts or to one of them only.</summary>
    Route,

    /// <summary>Every shard has replied: fold, decide, then call <see cref="StepProtocol.Commit"/> or drop the step.</summary>
    Fold,

    /// <summary>Commit an expert.</summary>
    Commit,

    /// <summary>Every expert has committed: the next step may begin.</summary>
    StepCommitted,

    /// <summary>Take the run over again, in the next generation, from the last manifest.</summary>
    Recover,

    /// <summary>Another generation has the run: stop acting on it.</summary>
    Deposed,
}
