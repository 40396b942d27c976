using MoeOrleans.Compute.Metrics;

namespace MoeOrleans.Compute.Tests.Metrics;

public sealed class DispatchCountsTests
{
    [Fact]
    public void Experts_that_serve_one_cluster_each_have_no_entropy()
    {
        var counts = Of([[5, 0, 0, 2], [0, 7, 0, 0], [0, 0, 1, 0]]);
        counts.Entropy().ShouldBe(0);
        counts.Imbalance().ShouldBe(7 * 4 / 15.0, 1e-15);
    }

    [Fact]
    public void Without_specialisation_the_entropy_is_that_of_the_clusters()
    {
        Of([[3, 9], [3, 9], [3, 9], [3, 9]]).Entropy().ShouldBe(Math.Log(4), 1e-15);
        Of([[3, 9], [3, 9], [3, 9], [3, 9]]).Imbalance().ShouldBe(1.5);
        Of([[2, 2, 2]]).Imbalance().ShouldBe(1);
        Of([[6, 0, 0]]).Imbalance().ShouldBe(3);
    }

    // sum_m n_m / n H(n_m. / n_m).
    [Fact]
    public void The_entropy_is_weighted_by_the_experts_shares()
    {
        static double H(params double[] shares) => -shares.Sum(share => share * Math.Log(share));
        Of([[1, 4, 0], [3, 4, 0]]).Entropy().ShouldBe((4 / 12.0 * H(0.25, 0.75)) + (8 / 12.0 * H(0.5, 0.5)), 1e-15);
    }

    [Fact]
    public void Counts_can_be_read_added_and_copied()
    {
        var counts = Of([[1, 2, 3], [4, 5, 6]]);
        (counts.Clusters, counts.Experts).ShouldBe((2, 3));
        (counts[1, 0], counts.OfExpert(2)).ShouldBe((4, 9));
        counts.Values.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        counts.Add([10, 0, 0, 0, 0, 20]);
        counts.ToRows().ShouldBe([[11, 2, 3], [4, 5, 26]]);
    }

    [Fact]
    public void No_samples_have_neither_entropy_nor_imbalance()
    {
        var counts = new DispatchCounts(4, 8);
        (counts.Entropy(), counts.Imbalance()).ShouldBe((0, 0));
    }

    private static DispatchCounts Of(int[][] rows)
    {
        var counts = new DispatchCounts(rows.Length, rows[0].Length);
        counts.Add(rows.SelectMany(row => row).ToArray());
        return counts;
    }
}
