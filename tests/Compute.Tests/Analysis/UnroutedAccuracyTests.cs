using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;

namespace MoeOrleans.Compute.Tests.Analysis;

public sealed class UnroutedAccuracyTests
{
    private static readonly Dataset<float> Data = ClusterData.Generate<float>(HandMadeMixture.Spec.Data);

    [Fact]
    public void An_expert_is_right_on_the_cluster_whose_feature_it_has_learned_and_guesses_on_others()
    {
        int[] serves = [2, 0, 0, 3];
        var accuracy = UnroutedAccuracy.Of(HandMadeMixture.Spec, HandMadeMixture.Weights(serves), Data.Test);
        (accuracy.Length, accuracy[0].Length).ShouldBe((4, 4));
        for (var k = 0; k < 4; k++)
        {
            for (var m = 0; m < 4; m++)
            {
                if (serves[m] == k) accuracy[k][m].ShouldBe(100);
                else accuracy[k][m].ShouldBeInRange(40, 60);
            }
        }
    }

    [Fact]
    public void It_is_the_share_of_the_clusters_own_samples()
    {
        var accuracy = UnroutedAccuracy.Of(HandMadeMixture.Spec, HandMadeMixture.Weights(0, 1, 2, 3), Data.Test);
        var signals = Data.Signals!.Feature[1];
        var (hits, count) = (0, 0);
        for (var i = 0; i < Data.Test.Count; i++)
        {
            if (Data.Test.Cluster[i] != 3) continue;
            count++;
            var score = Enumerable.Range(0, 12).Sum(k => Data.Test.PatchSums[(i * 12) + k] * signals[k]);
            hits += (score > 0 ? 1 : 0) == Data.Test.Labels[i] ? 1 : 0;
        }

        // The sums here are taken in another order; a sample or two may lie on the other side of 0.
        accuracy[3][1].ShouldBe(100.0 * hits / count, 100.0 * 2 / count);
    }

    // A score gate would turn every answer round under a negative score.
    [Fact]
    public void Neither_router_nor_gate_has_a_say()
    {
        var weights = HandMadeMixture.Weights(0, 1, 2, 3);
        float[] reversed = [.. weights.Router.Select(theta => -theta)];
        UnroutedAccuracy.Of(HandMadeMixture.Spec, weights with { Router = reversed }, Data.Test)
            .ShouldBe(UnroutedAccuracy.Of(HandMadeMixture.Spec, weights, Data.Test));
    }

    [Fact]
    public void A_cluster_without_samples_has_no_accuracy()
    {
        var kept = Enumerable.Range(0, Data.Test.Count).Where(i => Data.Test.Cluster[i] != 2).ToArray();
        var samples = new Samples<float>(4, 12, 4,
            kept.SelectMany(i => Data.Test.Inputs.Span.Slice(i * 48, 48).ToArray()).ToArray(), [.. kept.Select(i => Data.Test.Labels[i])], [.. kept.Select(i => Data.Test.Cluster[i])]);
        var accuracy = UnroutedAccuracy.Of(HandMadeMixture.Spec, HandMadeMixture.Weights(0, 1, 2, 3), samples);
        accuracy[2].ShouldAllBe(share => double.IsNaN(share));
        accuracy[0][0].ShouldBe(100);
    }
}
