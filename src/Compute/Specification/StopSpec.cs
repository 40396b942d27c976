namespace MoeOrleans.Compute.Specification;

/// <summary>
/// The official code's stop rule, before a step's update: a loss at most the smallest so far is recorded; otherwise the run
/// stops where the loss is at most <see cref="Floor"/> or above the smallest + <see cref="Rise"/>.
/// </summary>
public sealed record StopSpec
{
    /// <summary>Whether the rule is applied.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A loss this small that is no longer falling ends the run.</summary>
    public double Floor { get; init; } = 0.314;

    /// <summary>A loss this far above the smallest ends the run.</summary>
    public double Rise { get; init; } = 0.02;
}
