using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Analysis;

public sealed class SwapTestTests
{
    private static readonly DataSpec Data = new() { Setting = "1", Dim = 11, Clusters = 4, Patches = 5, Alpha = new(0.5, 2), Gamma = new(1, 3), Seed = 3 };

    public static TheoryData<string> Activations => [.. Activation.All.Select(activation => activation.Name)];

    // Theorem 4.1's proof: what F says of a feature of strength a in one sample is taken back by the noise of another.
    [Theory]
    [MemberData(nameof(Activations))]
    public void Any_single_models_outputs_of_a_quadruple_cancel(string activation)
    {
        var spec = Single(Activation.Find(activation)!);
        var weights = InitialWeights.Draw<double>(spec, Data.Dim, Data.Patches);
        var expert = new PatchCnnReference<double>(PatchCnnShape.Of(spec.Model, Data.Dim, Data.Patches));
        var samples = SwapTest.Draw<double>(Data, 50);
        for (var q = 0; q < 50; q++)
        {
            var f = Enumerable.Range(4 * q, 4).Select(i =>
            {
                var outputs = new double[2];
                expert.Forward(weights.Experts[0], Patches(samples, i), outputs);
                return outputs[1] - outputs[0];
            }).ToArray();
            var size = f.Max(Math.Abs);
            size.ShouldBeGreaterThan(1e-3);
            (f[0] - f[1] + f[2] - f[3]).ShouldBe(0, 1e-12 * Math.Max(1, size) * 10);
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void A_single_model_gets_one_of_each_four_wrong(string activation)
    {
        var spec = Single(Activation.Find(activation)!);
        var result = SwapTest.Run(spec, InitialWeights.Draw<float>(spec, Data.Dim, Data.Patches), 500);
        (result.Quadruples, result.ByWrong.Length, result.ByWrong.Sum()).ShouldBe((500, 5, 500));
        (result.ByWrong[0], result.NoneWrong).ShouldBe((0, 0));
        result.ByWrong.Count(count => count > 0).ShouldBeGreaterThan(1);
    }

    // One linear model with all features is as good as it gets: right where eps = y or alpha > gamma. A quadruple has one
    // pair with alpha > gamma, so exactly two of four are wrong.
    [Fact]
    public void A_linear_model_that_knows_every_feature_gets_half_of_each_quadruple_wrong()
    {
        var spec = Single(Activation.Linear) with { Data = Data with { Sigma = 1e-6 } };
        var signals = Signals.Draw(Data.Seed, Data.Clusters, Data.Dim);
        var sum = Enumerable.Range(0, Data.Dim).Select(k => (float)signals.Feature.Sum(feature => feature[k])).ToArray();
        var layout = ExpertKinds.Parameters(spec.Model, Data.Dim, Data.Patches);
        var flat = new float[layout.Length];
        layout.Tensors[0].Import<float>([.. sum.Select(x => -x), .. new float[2 * Data.Dim], .. sum, .. new float[2 * Data.Dim]], flat);
        SwapTest.Run(spec, new MixtureWeights<float>([], [flat], layout), 300).ByWrong.ShouldBe([0, 0, 300, 0, 0]);
    }

    [Fact]
    public void A_mixture_with_an_expert_for_each_cluster_gets_all_right()
    {
        var result = SwapTest.Run(HandMadeMixture.Spec, HandMadeMixture.Weights(0, 1, 2, 3), 400);
        result.ByWrong.ShouldBe([400, 0, 0, 0, 0]);
        result.NoneWrong.ShouldBe(100);
    }

    // Cluster 1's samples now go to an expert that answers to v_0: it takes their noise, which is always against the label
    // where it is along v_0, for the feature.
    [Fact]
    public void A_mixture_whose_router_sends_a_cluster_to_the_wrong_expert_does_not()
    {
        var samples = SwapTest.Draw<float>(HandMadeMixture.Spec.Data, 400);
        var touched = Enumerable.Range(0, 400).Count(q => samples.Cluster[4 * q] == 1 || samples.Cluster[(4 * q) + 2] == 1);
        var result = SwapTest.Run(HandMadeMixture.Spec, HandMadeMixture.Weights(0, 0, 2, 3), 400);
        result.ByWrong[0].ShouldBeInRange(400 - touched, 399);
        result.ByWrong[2].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_quadruple_is_the_proofs_two_pairs_with_clusters_and_strengths_swapped()
    {
        var samples = SwapTest.Draw<double>(Data, 400);
        var signals = Signals.Draw(Data.Seed, Data.Clusters, Data.Dim);
        var (pairs, orders, strengths) = (new HashSet<(int, int)>(), new HashSet<int>(), new List<double>());
        for (var q = 0; q < 400; q++)
        {
            var parts = Enumerable.Range(4 * q, 4).Select(i => Take(samples, i, signals)).ToArray();
            Enumerable.Range(4 * q, 4).Select(i => samples.Labels[i]).ShouldBe([1, 0, 1, 0]);
            var (k, other) = (samples.Cluster[4 * q], samples.Cluster[(4 * q) + 2]);
            other.ShouldNotBe(k);
            Enumerable.Range(4 * q, 4).Select(i => samples.Cluster[i]).ShouldBe([k, k, other, other]);
            var (a, g) = (parts[0].Feature[k], parts[2].Feature[other]);
            for (var s = 0; s < 4; s++)
            {
                var y = s % 2 == 0 ? 1 : -1;
                var (own, foreign, alpha, gamma) = s < 2 ? (k, other, a, g) : (other, k, g, a);
                parts[s].Feature[own].ShouldBe(y * alpha, 1e-9);
                parts[s].Feature[foreign].ShouldBe(-y * gamma, 1e-9);
                parts[s].Feature.Count(x => x != 0).ShouldBe(2);
                parts[s].Centre[own].ShouldBe(parts[s < 2 ? 0 : 2].Centre[own], 1e-9);
                parts[s].Centre[own].ShouldBeInRange(Data.Beta.Low, Data.Beta.High);
                parts[s].Centre.Count(x => x != 0).ShouldBe(1);
                parts[s].Noise.ShouldBe(parts[0].Noise, ignoreOrder: true);
                parts[s].Noise.Length.ShouldBe(2 * Data.Dim);
                orders.Add(parts[s].FeaturePosition);
            }

            pairs.Add((k, other));
            strengths.AddRange([a, g]);
        }

        // Every pair of clusters, every position, and all of the range that alpha and gamma have in common.
        (pairs.Count, orders.Count).ShouldBe((12, 5));
        strengths.Min().ShouldBeInRange(1, 1.02);
        strengths.Max().ShouldBeInRange(1.98, 2);
    }

    [Fact]
    public void More_quadruples_leave_the_first_ones_as_they_are_and_another_seed_does_not()
    {
        var (few, many) = (SwapTest.Draw<float>(Data, 20), SwapTest.Draw<float>(Data, 30));
        few.Inputs.ToArray().ShouldHaveTheBitsOf<float>(many.Inputs.Span.Slice(0, few.Inputs.Length), "inputs");
        SwapTest.Draw<float>(Data with { Seed = 4 }, 20).Inputs.ToArray().ShouldNotBe(few.Inputs.ToArray());
    }

    [Theory]
    [InlineData(0.5, 2, 0.5, 3, true)]
    [InlineData(1, 2, 2, 3, true)]
    [InlineData(1, 2, 2.1, 3, false)]
    [InlineData(2.1, 3, 1, 2, false)]
    public void It_applies_where_alpha_and_gamma_have_a_strength_in_common(double alphaLow, double alphaHigh, double gammaLow, double gammaHigh, bool applies)
    {
        var data = Data with { Alpha = new(alphaLow, alphaHigh), Gamma = new(gammaLow, gammaHigh) };
        SwapTest.Applies(data).ShouldBe(applies);
        if (!applies) Should.Throw<ArgumentException>(() => SwapTest.Draw<float>(data, 1));
    }

    [Fact]
    public void It_applies_to_every_published_setting() =>
        Presets.Settings.ShouldAllBe(setting => SwapTest.Applies(Presets.For(Recipe.Reference, setting).Data));

    private static RunSpec Single(Activation activation)
    {
        var spec = Presets.For(Recipe.Reference, "1", ModelKind.Single, activation);
        return spec with { Data = Data, Model = spec.Model with { Options = new PatchCnnOptions { Filters = 3 } } };
    }

    private static ReadOnlySpan<double> Patches(Samples<double> samples, int i) =>
        samples.Inputs.Span.Slice(i * samples.Patches * samples.Dim, samples.Patches * samples.Dim);

    // Signals are orthonormal: a patch that lies wholly along one of them is of strength patch * signal.
    private static (double[] Feature, double[] Centre, double[] Noise, int FeaturePosition) Take(Samples<double> samples, int i, Signals signals)
    {
        var (feature, centre, noise, position) = (new double[samples.Clusters], new double[samples.Clusters], new List<double>(), -1);
        foreach (var (p, patch) in Patches(samples, i).ToArray().Chunk(samples.Dim).Index())
        {
            var length = Math.Sqrt(patch.Sum(x => x * x));
            var along = signals.Feature.Concat(signals.Centre).Select(signal => signal.Zip(patch, (a, b) => a * b).Sum()).ToArray();
            var found = Array.FindIndex(along, strength => Math.Abs(Math.Abs(strength) - length) < 1e-9 * length);
            if (found < 0) noise.AddRange(patch);
            else if (found >= samples.Clusters) centre[found - samples.Clusters] += along[found] / Data.Scale;
            else feature[found] += along[found] / Data.Scale;
            if (found == samples.Cluster[i]) position = p;
        }

        return (feature, centre, [.. noise], position);
    }
}
