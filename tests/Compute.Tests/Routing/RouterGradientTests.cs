using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Routing;

public sealed class RouterGradientTests
{
    private const int Experts = 5;
    private const int Dim = 6;
    private const int Count = 37;
    private const int Block = 16;

    private static readonly BlockRange All = new(0, ShardCut.Blocks(Count, Block));
    private static readonly TreeNode Root = new(ReductionTree.RootLevel(All.Count), 0);

    // The whole loss of the mixture as a function of theta, from scores over the gate to the gated loss, where samples go
    // being held fixed: that is what the gradient means.
    [Theory]
    [InlineData(GateKind.Score, LossKind.SoftmaxCrossEntropy, 0)]
    [InlineData(GateKind.Score, LossKind.Logistic, 0.3)]
    [InlineData(GateKind.Softmax, LossKind.SoftmaxCrossEntropy, 0)]
    [InlineData(GateKind.Softmax, LossKind.Logistic, 0)]
    [InlineData(GateKind.Softmax, LossKind.SoftmaxCrossEntropy, 0.7)]
    public void It_is_that_of_finite_differences(GateKind gate, LossKind kind, double loadBalance)
    {
        var random = new Random(11);
        var spec = new RoutingSpec { Gate = gate, LoadBalance = loadBalance };
        var theta = Draw(Experts * Dim);
        var patchSums = Draw(Count * Dim);
        var outputs = Enumerable.Range(0, Count).Select(_ => Draw(kind == LossKind.Logistic ? 1 : 2)).ToArray();
        var labels = Enumerable.Range(0, Count).Select(_ => random.Next(2)).ToArray();
        var noise = new RouterNoise<double>(spec, 1);

        var routed = new RoutedSamples<double>(spec, Count, Experts);
        for (var i = 0; i < Count; i++) routed.Indexes[i] = i * 5 % Count;
        new NoisyTopOne<double>(spec, new RouterScores<double>(theta, Experts), noise).Route(RoutePurpose.Train, 2, patchSums, routed, 0, Count);
        var gateGradients = new double[Count];
        for (var i = 0; i < Count; i++)
            gateGradients[i] = GatedLoss.Evaluate(kind, outputs[i], routed.Gates[i], labels[i], new double[outputs[i].Length]).GateGradient;
        var (sums, term) = Gradient(routed, gateGradients, patchSums, loadBalance);

        term.ShouldBe(LoadBalance(), 1e-12);
        if (loadBalance > 0) term.ShouldNotBe(0);
        ElementsWithSlope(theta, sums, Loss).ShouldBeGreaterThan(Experts * Dim / 2);

        double Loss()
        {
            var loss = 0.0;
            for (var i = 0; i < Count; i++)
            {
                var (scores, noisy) = Scores(i);
                var m = routed.Expert[i];
                var g = gate == GateKind.Score ? noisy[m] : Math.Exp(scores[m]) / scores.Sum(Math.Exp);
                loss += GatedLoss.Evaluate(kind, outputs[i], g, labels[i], new double[outputs[i].Length]).Loss;
            }

            return (loss / Count) + LoadBalance();
        }

        // coefficient * M^2 * mean over experts of (mean noisy score * share of samples).
        double LoadBalance() => loadBalance * Experts * Experts * Enumerable.Range(0, Experts).Average(m =>
            Enumerable.Range(0, Count).Average(i => Scores(i).Noisy[m]) * routed.Expert.Count(expert => expert == m) / Count);

        (double[] Plain, double[] Noisy) Scores(int i)
        {
            var (argmax, gateNoise) = (new double[Experts], new double[Experts]);
            noise.Draw(RoutePurpose.Train, 2, routed.Indexes[i], argmax, gateNoise);
            var plain = Enumerable.Range(0, Experts).Select(m => Enumerable.Range(0, Dim).Sum(k => theta[(m * Dim) + k] * patchSums[(routed.Indexes[i] * Dim) + k])).ToArray();
            return (plain, [.. plain.Zip(argmax, (score, r) => score + r)]);
        }

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
    }

    // Switch's loss as a function of theta: the shares are those of the step before, the probabilities have no noise.
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 20, 0, 10, 3, 4 })]
    public void That_of_Switchs_balance_loss_is_that_of_finite_differences(int[] dispatched)
    {
        const double Alpha = 0.7;
        var random = new Random(11);
        var spec = new RoutingSpec { Gate = GateKind.Softmax, LoadBalance = Alpha, Balance = BalanceKind.Switch };
        double[] theta = Draw(Experts * Dim), patchSums = Draw(Count * Dim), gateGradients = Draw(Count);
        double[] shares = [.. Enumerable.Range(0, Experts).Select(m => dispatched.Length == 0 ? 1.0 / Experts : dispatched[m] / (double)dispatched.Sum())];
        var routed = new RoutedSamples<double>(spec, Count, Experts);
        for (var i = 0; i < Count; i++) routed.Indexes[i] = i * 5 % Count;
        new NoisyTopOne<double>(spec, new RouterScores<double>(theta, Experts), new RouterNoise<double>(spec, 1)).Route(RoutePurpose.Train, 2, patchSums, routed, 0, Count);
        routed.NoisyScores.ShouldBeNull();

        var layout = new RouterGradientLayout(Experts, Dim, BalanceKind.Switch);
        var sums = new double[layout.Length];
        var slopes = SwitchBalance.Slopes(spec, Experts, dispatched);
        var leaf = new RouterLeaf<double>(layout, routed, gateGradients, patchSums, All, Block) { BalanceSlopes = slopes };
        ReductionTree.Evaluate(Root, All.Count, ref leaf, sums, new double[ReductionTree.ScratchLength<double>(Root, sums.Length)]).ShouldBeTrue();
        var term = RouterStep.AddLoadBalance<double>(Alpha, layout, new DispatchCounts(1, Experts), slopes, Count, sums);

        term.ShouldBe(Balance(), 1e-12);
        term.ShouldBeInRange(0, Alpha * Experts);
        ElementsWithSlope(theta, sums, () => (Enumerable.Range(0, Count).Sum(i => gateGradients[i] * Probabilities(i)[routed.Expert[i]]) / Count) + Balance()).ShouldBeGreaterThan(Experts * Dim / 2);

        double Balance() => Alpha * Experts * Enumerable.Range(0, Experts).Sum(m => shares[m] * Enumerable.Range(0, Count).Average(i => Probabilities(i)[m]));

        double[] Probabilities(int i)
        {
            var exponentials = Enumerable.Range(0, Experts).Select(m => Math.Exp(Enumerable.Range(0, Dim).Sum(k => theta[(m * Dim) + k] * patchSums[(routed.Indexes[i] * Dim) + k]))).ToArray();
            return [.. exponentials.Select(e => e / exponentials.Sum())];
        }

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
    }

    // Whatever the shares, no router can make the loss smaller than 0 or larger than the coefficient times M.
    [Fact]
    public void Switchs_slopes_are_the_shares_of_the_step_before_times_coefficient_and_experts()
    {
        var spec = new RoutingSpec { Gate = GateKind.Softmax, LoadBalance = 0.5, Balance = BalanceKind.Switch };
        SwitchBalance.Slopes(spec, 4, []).ShouldBe([0.5, 0.5, 0.5, 0.5]);
        SwitchBalance.Slopes(spec, 4, [0, 0, 0, 8]).ShouldBe([0, 0, 0, 2]);
        SwitchBalance.Slopes(spec with { Balance = BalanceKind.Scores }, 4, [0, 0, 0, 8]).ShouldBeEmpty();
        SwitchBalance.Slopes(spec with { LoadBalance = 0 }, 4, [0, 0, 0, 8]).ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => SwitchBalance.Slopes(spec, 4, [1]));
    }

    /// <summary>Checks each element's gradient, and counts the elements that the loss depends on.</summary>
    private static int ElementsWithSlope(double[] theta, double[] sums, Func<double> loss)
    {
        const double Step = 1e-5;
        var moved = 0;
        for (var e = 0; e < theta.Length; e++)
        {
            var value = theta[e];
            theta[e] = value + Step;
            var above = loss();
            theta[e] = value - Step;
            var below = loss();
            theta[e] = value;
            var slope = (above - below) / (2 * Step);
            (sums[e] / Count).ShouldBe(slope, 1e-8, $"expert {e / Dim}, element {e % Dim}");
            if (Math.Abs(slope) > 1e-4) moved++;
        }

        return moved;
    }

    private static (double[] Sums, double LoadBalance) Gradient(RoutedSamples<double> routed, double[] gateGradients, double[] patchSums, double loadBalance)
    {
        var counts = new DispatchCounts(1, Experts);
        foreach (var expert in routed.Expert) counts[0, expert]++;
        var layout = new RouterGradientLayout(Experts, Dim, loadBalance > 0 ? BalanceKind.Scores : null);
        var sums = new double[layout.Length];
        var leaf = new RouterLeaf<double>(layout, routed, gateGradients, patchSums, All, Block);
        ReductionTree.Evaluate(Root, All.Count, ref leaf, sums, new double[ReductionTree.ScratchLength<double>(Root, sums.Length)]).ShouldBeTrue();
        return (sums, RouterStep.AddLoadBalance<double>(loadBalance, layout, counts, [], Count, sums));
    }

    [Theory]
    [InlineData(GateKind.Score, null, 50)]
    [InlineData(GateKind.Score, BalanceKind.Scores, 33)]
    [InlineData(GateKind.Softmax, null, 16)]
    [InlineData(GateKind.Softmax, BalanceKind.Scores, 7)]
    [InlineData(GateKind.Softmax, BalanceKind.Scores, 50)]
    [InlineData(GateKind.Softmax, BalanceKind.Switch, 37)]
    public void Floats_are_summed_by_one_chain_of_fused_multiply_adds_a_block(GateKind gate, BalanceKind? balance, int dim)
    {
        // Two whole groups of the fast sums, and a part of one.
        const int Samples = 19;
        var random = new Random(dim);
        var spec = new RoutingSpec { Gate = gate, LoadBalance = balance is null ? 0 : 0.5, Balance = balance ?? BalanceKind.Scores };
        var routed = new RoutedSamples<float>(spec, Samples, Experts);
        var (patchSums, gateGradients) = (Draw(Samples * dim), Draw(Samples));
        double[] slopes = balance == BalanceKind.Switch ? [.. Draw(Experts).Select(value => (double)value)] : [];
        for (var i = 0; i < Samples; i++) (routed.Indexes[i], routed.Expert[i]) = (Samples - 1 - i, random.Next(Experts));
        if (routed.Probabilities is { } all) Draw(all.Length).Select(value => Math.Abs((double)value)).ToArray().CopyTo(all, 0);
        if (routed.NoisyScores is { } noisy) Draw(noisy.Length).CopyTo(noisy, 0);

        // The block's number in the minibatch is not its number in the range.
        var layout = new RouterGradientLayout(Experts, dim, balance);
        var sums = Enumerable.Repeat(float.NaN, layout.Length).ToArray();
        new RouterLeaf<float>(layout, routed, gateGradients, patchSums, new BlockRange(3, 1), Samples) { BalanceSlopes = slopes }.TryFill(new TreeNode(0, 3), sums).ShouldBeTrue();

        var expected = new float[layout.Length];
        for (var i = 0; i < Samples; i++)
        {
            for (var k = 0; k < dim; k++)
            {
                var x = patchSums[(routed.Indexes[i] * dim) + k];
                for (var m = 0; m < Experts; m++)
                {
                    if (gate == GateKind.Score && m != routed.Expert[i]) continue;
                    expected[(m * dim) + k] = MathF.FusedMultiplyAdd(Slope(i, m), x, expected[(m * dim) + k]);
                }

                if (balance == BalanceKind.Scores) expected[(Experts * dim) + k] += x;
            }

            for (var m = 0; m < Experts; m++)
            {
                if (balance == BalanceKind.Scores) expected[((Experts + 1) * dim) + m] += routed.NoisyScores![(i * Experts) + m];
                if (balance == BalanceKind.Switch) expected[(Experts * dim) + m] += (float)Pi(i, m);
            }
        }

        sums.ShouldHaveTheBitsOf<float>(expected, "sums");

        double Pi(int i, int m) => routed.Probabilities![(i * Experts) + m];

        float Slope(int i, int m)
        {
            if (gate == GateKind.Score) return gateGradients[i];
            var slope = gateGradients[i] * Pi(i, routed.Expert[i]) * ((m == routed.Expert[i] ? 1 : 0) - Pi(i, m));
            if (slopes.Length == 0) return (float)slope;
            var mean = Enumerable.Range(0, Experts).Aggregate(0.0, (sum, k) => double.FusedMultiplyAdd(slopes[k], Pi(i, k), sum));
            return (float)double.FusedMultiplyAdd(Pi(i, m), slopes[m] - mean, slope);
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    [Fact]
    public void Parts_of_the_sums_lie_one_after_the_other()
    {
        var layout = RouterGradientLayout.Of(new RunSpec { Routing = new RoutingSpec { LoadBalance = 1 } }, 50);
        (layout.GradientLength, layout.Length).ShouldBe((400, 458));
        var sums = Enumerable.Range(0, 458).Select(i => (float)i).ToArray();
        layout.PatchSum<float>(sums).ToArray().ShouldBe(sums[400..450]);
        layout.NoisyScores<float>(sums).ToArray().ShouldBe(sums[450..]);
        RouterGradientLayout.Of(new RunSpec(), 50).Length.ShouldBe(400);
    }
}
