using MoeOrleans.Compute.Recording;

namespace MoeOrleans.Cli.Views;

/// <summary>How samples wandered over a run, as 'moe routing --json' prints it.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="Steps">Every recorded step.</param>
/// <param name="FirstToLast">Samples by first and last expert.</param>
/// <param name="Clusters">Every cluster; empty if the clusters are not known.</param>
internal sealed record RoutingView(string RunId, int Experts, IReadOnlyList<StepMoves> Steps, int[][] FirstToLast, IReadOnlyList<ClusterMoves> Clusters);

/// <summary>How the samples of a cluster wandered from the first record to the last.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Samples">Its samples that are recorded.</param>
/// <param name="Changed">Those whose last expert is another than their first.</param>
/// <param name="First">Its samples at each expert, in the first record of each.</param>
/// <param name="Last">The same in the last record.</param>
internal sealed record ClusterMoves(int Cluster, int Samples, int Changed, int[] First, int[] Last)
{
    /// <summary>The moves of a cluster.</summary>
    /// <param name="matrix">Samples by first and last expert.</param>
    /// <param name="cluster">The cluster.</param>
    public static ClusterMoves Of(int[][] matrix, int cluster)
    {
        int[] first = [.. matrix.Select(row => row.Sum())];
        int[] last = [.. matrix.Select((_, m) => matrix.Sum(row => row[m]))];
        return new ClusterMoves(cluster, first.Sum(), first.Sum() - matrix.Select((row, m) => row[m]).Sum(), first, last);
    }
}
