namespace MoeOrleans.Grains.Protocol;

/// <summary>What an expert does with a commit, and what it answers to the coordinator.</summary>
public enum CommitKind
{
    /// <summary>Everything is there and the version has advanced: fold the decision's partials and apply the optimiser.</summary>
    Apply = 0,

    /// <summary>This step was the last one committed: acknowledge again, change nothing.</summary>
    AlreadyApplied = 1,

    /// <summary>Work is missing: the decision's ranges have to be routed again.</summary>
    Incomplete = 2,

    /// <summary>The commit is ahead of the expert, which has lost commits.</summary>
    Ahead = 3,

    /// <summary>The commit is behind the expert by more than the last step.</summary>
    Behind = 4,

    /// <summary>The commit is of a generation that has been followed by another.</summary>
    StaleGeneration = 5,

    /// <summary>The commit is of a generation that never restored this expert: a new activation, or a takeover that skipped it.</summary>
    NotRestored = 6,
}
