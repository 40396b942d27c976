namespace MoeOrleans.Coordinator.Protocol;

/// <summary>How far a step is.</summary>
public enum StepPhase
{
    /// <summary>Shards are being routed.</summary>
    Routing,

    /// <summary>Every shard has replied: the coordinator folds, decides whether to stop, and commits or leaves it.</summary>
    Folding,

    /// <summary>Experts are committing.</summary>
    Committing,

    /// <summary>Every expert has committed.</summary>
    Committed,

    /// <summary>The step cannot be finished under this generation.</summary>
    Failed,
}
