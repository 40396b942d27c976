namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Finds the cluster that each expert mostly serves, by the last training dispatch.</summary>
internal static class ServedClusters
{
    /// <summary>For each expert the cluster of most of its samples; null without samples.</summary>
    /// <param name="counts">Clusters x experts.</param>
    public static int?[] Of(int[][] counts)
    {
        var served = new int?[counts[0].Length];
        for (var m = 0; m < served.Length; m++)
        {
            for (var k = 0; k < counts.Length; k++)
            {
                if (counts[k][m] > (served[m] is { } best ? counts[best][m] : 0)) served[m] = k;
            }
        }

        return served;
    }
}
