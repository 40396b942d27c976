namespace MoeOrleans.Compute.Specification;

/// <summary>
/// The official code's stop rule, before a step's update: a loss at most the smallest so far is recorded; otherwise the run
/// stops where the loss is at most <see cref="Floor"/> or above the smallest + <see cref="Rise"/>.
/// </summary>
public sealed record StopSpec
{
    /// <summary>Whether the rule is applied.</summary>
    [Field("Whether training may stop before its last step")]
    public bool Enabled { get; init; } = true;

    /// <summary>The first step at which the rule may end the run.</summary>
    [Field("First step at which training may stop", Min = 0, Max = 10_000_000)]
    public int From { get; init; }

    /// <summary>A loss this small that is no longer falling ends the run.</summary>
    [Field("Stop at a loss this small that no longer falls", Min = 0, Max = 1e30)]
    public double Floor { get; init; } = 0.314;

    /// <summary>A loss this far above the smallest ends the run.</summary>
    [Field("Stop at a loss this far above the smallest", Min = 0, Max = 1e30)]
    public double Rise { get; init; } = 0.02;
}
