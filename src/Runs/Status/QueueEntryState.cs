namespace MoeOrleans.Runs.Status;

/// <summary>What is become of a run in its cluster.</summary>
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

    /// <summary>It was taken out of the queue before it began.</summary>
    Withdrawn = 4,
}
