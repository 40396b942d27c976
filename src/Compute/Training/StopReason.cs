namespace MoeOrleans.Compute.Training;

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>All steps were done.</summary>
    Steps = 0,

    /// <summary>The loss was at the floor and no longer falling.</summary>
    Floor = 1,

    /// <summary>The loss rose too far above the smallest.</summary>
    Rise = 2,

    /// <summary>The user stopped the run.</summary>
    Interrupted = 3,

    /// <summary>The validation loss no longer fell.</summary>
    Validation = 4,
}
