namespace MoeOrleans.Coordinator.Protocol;

/// <summary>What a takeover asks its coordinator to do.</summary>
public enum TakeOverCommandKind
{
    /// <summary>Create the generation's record; an existing one is never overwritten.</summary>
    Claim,

    /// <summary>Find the last manifest that is whole.</summary>
    ReadManifest,

    /// <summary>Restore an expert to the manifest's version.</summary>
    Restore,

    /// <summary>Every expert is restored: the step of the manifest's version may begin.</summary>
    Begin,

    /// <summary>Another generation has the run: stop acting on it.</summary>
    Deposed,

    /// <summary>An expert could not be restored as often as it may: take over again, later.</summary>
    GiveUp,
}
