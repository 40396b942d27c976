using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Routing;

public sealed class NoisyTopOneTests
{
    private const int Experts = 6;
    private const int Dim = 5;
    private const int Count = 40;

    private static readonly float[] Theta = Draw(Experts * Dim, 1);
    private static readonly float[] PatchSums = Draw(Count * Dim, 2);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_expert_is_the_argmax_of_the_noisy_scores_and_the_gate_its_score(bool inArgmax, bool inGate)
    {
        var spec = new RoutingSpec { NoiseInArgmax = inArgmax, NoiseInGate = inGate, LoadBalance = 1 };
        var noise = new RouterNoise<float>(spec, 1);
        var routed = Route(spec, noise, RoutePurpose.Train, Theta);
        var (moved, argmax, gate) = (0, new float[Experts], new float[Experts]);
        for (var i = 0; i < Count; i++)
        {
            var sample = routed.Indexes[i];
            var scores = Scores(Theta, sample);
            noise.Draw(RoutePurpose.Train, 4, sample, argmax, gate);
            var noisy = scores.Zip(argmax, (score, r) => score + r).ToArray();
            var chosen = Array.IndexOf(noisy, noisy.Max());
            routed.Expert[i].ShouldBe(chosen);
            routed.Gates[i].ShouldBe(scores[chosen] + gate[chosen]);
            routed.NoisyScores.AsSpan(i * Experts, Experts).ShouldHaveTheBitsOf<float>(noisy, "noisy scores");
            if (chosen != Array.IndexOf(scores, scores.Max())) moved++;
        }

        if (inArgmax) moved.ShouldBeGreaterThan(3);
        else moved.ShouldBe(0);
    }

    [Fact]
    public void A_softmax_gate_is_that_of_the_scores_without_noise()
    {
        var spec = new RoutingSpec { Gate = GateKind.Softmax };
        var routed = Route(spec, new RouterNoise<float>(spec, 1), RoutePurpose.Train, Theta);
        for (var i = 0; i < Count; i++)
        {
            var powers = Scores(Theta, routed.Indexes[i]).Select(score => Math.Exp(score)).ToArray();
            for (var m = 0; m < Experts; m++) routed.Probabilities![(i * Experts) + m].ShouldBe(powers[m] / powers.Sum(), 1e-14);
            routed.Gates[i].ShouldBe((float)routed.Probabilities![(i * Experts) + routed.Expert[i]]);
        }

        routed.NoisyScores.ShouldBeNull();
    }

    [Fact]
    public void The_first_of_equals_wins()
    {
        var noise = new RouterNoise<float>(new RoutingSpec(), 1);
        Route(new RoutingSpec(), noise, RoutePurpose.EvaluateWithoutNoise, new float[Experts * Dim]).Expert.ShouldAllBe(expert => expert == 0);

        // Experts 2 and 5 share a row that makes them the best of all.
        var theta = new float[Experts * Dim];
        theta[2 * Dim] = theta[5 * Dim] = 1;
        var routed = Route(new RoutingSpec(), noise, RoutePurpose.EvaluateWithoutNoise, theta);
        for (var i = 0; i < Count; i++) routed.Expert[i].ShouldBe(PatchSums[routed.Indexes[i] * Dim] > 0 ? 2 : 0);
        routed.Expert.ShouldContain(2);
        routed.Expert.ShouldContain(0);
    }

    [Fact]
    public void Without_noise_ties_of_training_are_broken_evenly()
    {
        var spec = new RoutingSpec { Noise = NoiseKind.Off };
        var noise = new RouterNoise<float>(spec, 1);
        var counts = new int[Experts];
        foreach (var expert in Route(spec, noise, RoutePurpose.Train, new float[Experts * Dim]).Expert) counts[expert]++;
        counts.ShouldAllBe(count => count > 0);
    }

    [Fact]
    public void A_range_leaves_other_positions_as_they_are()
    {
        var spec = new RoutingSpec();
        var noise = new RouterNoise<float>(spec, 1);
        var all = Route(spec, noise, RoutePurpose.Train, Theta);
        var some = Route(spec, noise, RoutePurpose.Train, Theta, 7, 20);
        some.Expert[7..27].ShouldBe(all.Expert[7..27]);
        some.Gates[7..27].ShouldBe(all.Gates[7..27]);
        some.Gates[..7].Concat(some.Gates[27..]).ShouldAllBe(gate => gate == 0);
    }

    // Positions in another order than the samples: a shuffled minibatch.
    private static RoutedSamples<float> Route(RoutingSpec spec, IRouterNoise<float> noise, RoutePurpose purpose, float[] theta, int first = 0, int count = Count)
    {
        var routed = new RoutedSamples<float>(spec, Count, Experts);
        for (var i = 0; i < Count; i++) routed.Indexes[i] = i * 7 % Count;
        new NoisyTopOne<float>(spec, new RouterScores<float>(theta, Experts), noise).Route(purpose, 4, PatchSums, routed, first, count);
        return routed;
    }

    private static float[] Scores(float[] theta, int sample)
    {
        var scores = new float[Experts];
        new RouterScores<float>(theta, Experts).ScoreReference(PatchSums.AsSpan(sample * Dim, Dim), scores);
        return scores;
    }

    private static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1) / 2)];
    }
}
