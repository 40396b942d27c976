using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Metrics;

/// <summary>How samples spread over the experts, and what the experts know of the clusters.</summary>
/// <param name="Samples">Samples of each expert.</param>
/// <param name="Entropy">Entropy of the shares, natural logarithm: 0 if one expert gets all, ln M if all get the same.</param>
/// <param name="MutualInformation">Mutual information of cluster and expert, natural logarithm: 0 if the clusters go to all experts alike; null if clusters are not known.</param>
internal sealed record ExpertLoad(long[] Samples, double Entropy, double? MutualInformation)
{
    // An expert with a quarter of an even share still learns.
    private const int LiveParts = 4;

    /// <summary>The experts that get more than a share of 1/(4M).</summary>
    public int Live => Samples.Count(samples => LiveParts * Samples.Length * samples > Total);

    /// <summary>The expert with the most samples.</summary>
    public int Busiest => Array.IndexOf(Samples, Samples.Max());

    /// <summary>The largest share, 0 to 1.</summary>
    public double LargestShare => Total == 0 ? 0 : (double)Samples.Max() / Total;

    /// <summary>The share of a live expert, at least.</summary>
    public double LiveShare => 1.0 / (LiveParts * Samples.Length);

    private long Total => Samples.Sum();

    /// <summary>The load of a dispatch.</summary>
    /// <param name="counts">Clusters x experts.</param>
    public static ExpertLoad Of(int[][] counts)
    {
        var samples = new long[counts[0].Length];
        foreach (var row in counts)
        {
            for (var m = 0; m < samples.Length; m++) samples[m] += row[m];
        }

        var entropy = OfShares(samples);
        if (counts.Length == 1) return new ExpertLoad(samples, entropy, null);
        // H(cluster) + H(expert) - H(cluster, expert). Rounding must not make it negative.
        var information = OfShares([.. counts.Select(row => row.Sum(count => (long)count))]) + entropy - OfShares([.. counts.SelectMany(row => row.Select(count => (long)count))]);
        return new ExpertLoad(samples, entropy, Math.Max(0, information));
    }

    private static double OfShares(long[] counts)
    {
        var (total, sum) = (counts.Sum(), 0.0);
        foreach (var count in counts)
        {
            if (count > 0) sum -= (double)count / total * SpecialFunctions.Log((double)count / total);
        }

        return sum;
    }
}
