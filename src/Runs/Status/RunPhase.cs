namespace MoeOrleans.Runs.Status;

/// <summary>The phases of a run.</summary>
public enum RunPhase
{
    /// <summary>The run is not known.</summary>
    Unknown = 0,

    /// <summary>Silos prepare the data, and experts are restored.</summary>
    Preparing = 1,

    /// <summary>Steps are trained.</summary>
    Training = 2,

    /// <summary>The test set is evaluated.</summary>
    Evaluating = 3,

    /// <summary>There is a summary.</summary>
    Done = 4,

    /// <summary>There is an error.</summary>
    Failed = 5,

    /// <summary>The run was stopped while no step of it was left: it has no result.</summary>
    Stopped = 6,
}
