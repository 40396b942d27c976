namespace MoeOrleans.Coordinator.Protocol;

/// <summary>One thing a takeover asks its coordinator to do. The outcome of a restore is reported together with its command.</summary>
public readonly record struct TakeOverCommand
{
    /// <summary>What to do.</summary>
    public required TakeOverCommandKind Kind { get; init; }

    /// <summary>The generation that takes over.</summary>
    public required long Generation { get; init; }

    /// <summary>The manifest's version: that to restore, or the step to begin.</summary>
    public long Version { get; init; }

    /// <summary>The expert to restore.</summary>
    public int Expert { get; init; }

    /// <summary>Which attempt at this expert it is, from 1.</summary>
    public int Attempt { get; init; }
}
