namespace MoeOrleans.Compute.Training;

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>All steps were done.</summary>
    Steps,

    /// <summary>The loss was at the floor and no longer falling.</summary>
    Floor,

    /// <summary>The loss rose too far above the smallest.</summary>
    Rise,

    /// <summary>The user stopped it.</summary>
    Interrupted,
}
