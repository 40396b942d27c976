using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>The official code's stop rule, applied to a step's loss before its update (see <see cref="StopSpec"/>).</summary>
/// <param name="MinimumLoss">The smallest loss so far.</param>
internal readonly record struct StopRule(double MinimumLoss)
{
    /// <summary>The rule before the first step.</summary>
    public static StopRule Start { get; } = new(double.PositiveInfinity);

    /// <summary>Whether a loss is at most the smallest so far.</summary>
    public bool IsSmallest(double loss) => loss <= MinimumLoss;

    /// <summary>Applies the rule to a step's loss.</summary>
    /// <param name="spec">The thresholds.</param>
    /// <param name="step">The step.</param>
    /// <param name="loss">The step's loss.</param>
    /// <returns>The rule for the next step, and the reason to stop, if there is one.</returns>
    public (StopRule Next, StopReason? Stop) Observe(StopSpec spec, long step, double loss)
    {
        if (IsSmallest(loss)) return (new StopRule(loss), null);
        if (!spec.Enabled || step < spec.From) return (this, null);
        if (loss <= spec.Floor) return (this, StopReason.Floor);
        return (this, loss > MinimumLoss + spec.Rise ? StopReason.Rise : null);
    }
}
