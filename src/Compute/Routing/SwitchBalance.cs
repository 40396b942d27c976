using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// The Switch Transformer's balance loss, alpha M sum_m f_m P_m: P_m is the mean probability of expert m over the minibatch, and f_m
/// its share of the samples of the step before, a constant to the gradient. The shares of the whole minibatch are then known before any
/// shard computes its gradient, so the loss does not depend on the shards. They differ from the step's own by one update and one draw.
/// </summary>
internal static class SwitchBalance
{
    /// <summary>alpha M f_m of each expert, the derivative of the loss with respect to P_m; empty if the specification has no such loss.</summary>
    /// <param name="spec">Coefficient alpha and kind of the loss.</param>
    /// <param name="experts">Number of experts M.</param>
    /// <param name="dispatched">Samples of each expert in the step before; empty at the first step, whose shares are equal.</param>
    public static double[] Slopes(RoutingSpec spec, int experts, ReadOnlySpan<int> dispatched)
    {
        if (spec.Balance != BalanceKind.Switch || spec.LoadBalance == 0) return [];
        if (!dispatched.IsEmpty && dispatched.Length != experts)
            throw new ArgumentException($"There are {experts} experts, the counts of {dispatched.Length} came.", nameof(dispatched));
        var slopes = new double[experts];
        var samples = 0L;
        foreach (var count in dispatched) samples += count;
        for (var m = 0; m < experts; m++) slopes[m] = spec.LoadBalance * experts * (samples == 0 ? 1.0 / experts : (double)dispatched[m] / samples);
        return slopes;
    }
}
