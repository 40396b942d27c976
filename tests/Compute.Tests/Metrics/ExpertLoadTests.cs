using MoeOrleans.Compute.Metrics;

namespace MoeOrleans.Compute.Tests.Metrics;

public sealed class ExpertLoadTests
{
    [Fact]
    public void Entropy_and_mutual_information_are_those_of_the_shares()
    {
        var load = ExpertLoad.Of([[10, 0, 0], [0, 6, 4]]);
        load.Samples.ShouldBe([10, 6, 4]);
        load.Entropy.ShouldBe(-((0.5 * Math.Log(0.5)) + (0.3 * Math.Log(0.3)) + (0.2 * Math.Log(0.2))), 1e-12);
        // The expert tells the cluster.
        load.MutualInformation!.Value.ShouldBe(Math.Log(2), 1e-12);
        (load.Live, load.Busiest, load.LargestShare).ShouldBe((3, 0, 0.5));
    }

    [Fact]
    public void Clusters_that_go_to_all_experts_alike_tell_nothing()
    {
        ExpertLoad.Of([[2, 4, 6], [1, 2, 3]]).MutualInformation!.Value.ShouldBe(0, 1e-12);
        ExpertLoad.Of([[1, 2, 3]]).MutualInformation.ShouldBeNull();
        // In sum the clusters' entropy: mutual information and dispatch entropy.
        int[][] counts = [[5, 1, 2], [0, 3, 4]];
        var dispatch = new DispatchCounts(2, 3);
        dispatch.Add([.. counts.SelectMany(row => row)]);
        (ExpertLoad.Of(counts).MutualInformation!.Value + dispatch.Entropy()).ShouldBe(-((8 / 15.0 * Math.Log(8 / 15.0)) + (7 / 15.0 * Math.Log(7 / 15.0))), 1e-12);
    }

    [Fact]
    public void An_expert_is_live_above_a_quarter_of_an_even_share()
    {
        // 1/(4M) of 1,600 samples at 4 experts are 100.
        ExpertLoad.Of([[1399, 100, 101, 0]]).Live.ShouldBe(2);
        ExpertLoad.Of([[0, 0]]).Live.ShouldBe(0);
    }
}
