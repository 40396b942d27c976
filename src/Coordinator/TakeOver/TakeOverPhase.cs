namespace MoeOrleans.Coordinator.Protocol;

/// <summary>How far a takeover is.</summary>
public enum TakeOverPhase
{
    /// <summary>The generation's record is being created.</summary>
    Claiming,

    /// <summary>The generation is ours; the manifest to go back to is being read.</summary>
    Reading,

    /// <summary>Experts are being restored.</summary>
    Restoring,

    /// <summary>Every expert is restored.</summary>
    Done,

    /// <summary>The takeover came to nothing.</summary>
    Failed,
}
