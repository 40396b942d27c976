using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;
using static System.FormattableString;

namespace MoeOrleans.Runs.Records;

/// <summary>What a user should know of a mixture that trained without error: collapse, or no specialisation. At most one line.</summary>
internal static class RunWarnings
{
    /// <summary>Share of the samples from which one expert gets nearly everything.</summary>
    private const double NearlyAll = 0.95;

    /// <summary>Share of ln K below which the experts know next to nothing of the clusters.</summary>
    private const double NextToNothing = 0.02;

    /// <summary>The warning; null if there is none.</summary>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="summary">Its summary.</param>
    public static string? Of(RunSpec spec, RunSummary summary)
    {
        var experts = spec.Model.Experts;
        // Without a router that learns nothing can collapse.
        if (experts == 1 || spec.Routing.Gate == GateKind.One) return null;
        var mend = $"more experts may learn with a larger routing.loadBalance{(spec.Routing.Balance == BalanceKind.Switch ? "" : " and routing.balance=switch")}, or a smaller --router-lr";
        var load = ExpertLoad.Of(summary.DispatchCounts);
        var clusters = summary.DispatchCounts.Count(row => row.Sum(count => (long)count) > 0);
        if (load.LargestShare >= NearlyAll && (clusters > 1 || summary.DispatchCounts.Length == 1))
            return Invariant($"collapse: expert {load.Busiest} gets {100 * load.LargestShare:0.#} % of the training samples, so the mixture is hardly more than one expert; {mend}");
        // An expert for each cluster is what the paper's mixture is to find, however many experts there are.
        if (2 * load.Live < experts && (summary.DispatchCounts.Length == 1 || load.Live < clusters))
            return Invariant($"collapse: {load.Live} of {experts} experts are live, the others get at most {100 * load.LiveShare:0.##} % of the training samples each; {mend}");
        // What samples that are dispatched by chance seem to tell on average.
        var chance = (clusters - 1) * (experts - 1) / (2.0 * load.Samples.Sum());
        return clusters > 1 && load.MutualInformation - chance < NextToNothing * Math.Log(clusters)
            ? Invariant($"no specialisation: all experts get samples of all clusters alike (mutual information of cluster and expert {load.MutualInformation:0.0000}, at most {Math.Log(clusters):0.0000}); train longer, or raise --router-lr")
            : null;
    }
}
