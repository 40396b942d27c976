namespace MoeOrleans.Runs.Status;

/// <summary>The states of a run in the queue of a cluster.</summary>
public enum QueueEntryState
{
    /// <summary>It waits for the runs before it.</summary>
    Queued = 0,

    /// <summary>It is being trained.</summary>
    Active = 1,

    /// <summary>It has a summary and weights.</summary>
    Done = 2,

    /// <summary>It has an error.</summary>
    Failed = 3,

    /// <summary>It was stopped before its first step, or while a restart had left no step: it has no result.</summary>
    Withdrawn = 4,
}
