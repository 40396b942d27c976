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

    /// <summary>Pieces of the state have not come to this activation: change nothing; all of them are to be sent again.</summary>
    Incomplete = 3,
}
