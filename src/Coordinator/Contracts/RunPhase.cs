namespace MoeOrleans.Coordinator.Contracts;

/// <summary>How far a run is.</summary>
public enum RunPhase
{
    /// <summary>It was never started here.</summary>
    Unknown,

    /// <summary>Data are made and experts restored.</summary>
    Preparing,

    /// <summary>Steps are done.</summary>
    Training,

    /// <summary>The test set is evaluated.</summary>
    Evaluating,

    /// <summary>There is a summary.</summary>
    Done,

    /// <summary>There is an error.</summary>
    Failed,
}
