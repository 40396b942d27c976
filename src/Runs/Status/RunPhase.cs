namespace MoeOrleans.Runs.Status;

/// <summary>How far a run is.</summary>
public enum RunPhase
{
    /// <summary>It was never started here.</summary>
    Unknown = 0,

    /// <summary>Data are made and experts restored.</summary>
    Preparing = 1,

    /// <summary>Steps are done.</summary>
    Training = 2,

    /// <summary>The test set is evaluated.</summary>
    Evaluating = 3,

    /// <summary>There is a summary.</summary>
    Done = 4,

    /// <summary>There is an error.</summary>
    Failed = 5,
}
