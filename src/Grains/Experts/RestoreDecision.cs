namespace MoeOrleans.Grains.Experts;

/// <summary>What an expert does with a restore.</summary>
internal enum RestoreDecision
{
    /// <summary>The ledger is cleared and at the new version: the restored weights take effect, running computations are cancelled.</summary>
    Restored = 0,

    /// <summary>This generation restored this expert to this version before: acknowledge again, change nothing.</summary>
    AlreadyRestored = 1,

    /// <summary>An older generation, or the current one with another version: change nothing, the caller is not the owner.</summary>
    Refused = 2,
}
