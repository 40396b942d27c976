using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Tests.Training;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Analysis;

public sealed class ClassificationTests
{
    private static readonly RunSpec Spec = SmallRuns.Reference with { Model = SmallRuns.Reference.Model with { InitialScale = 1 } };
    private static readonly Dataset<float> Data = ClusterData.Generate<float>(Spec.Data);
    private static readonly MixtureWeights<float> Weights = WithRandomRouter(InitialWeights.Draw<float>(Spec, 20, 4));

    [Theory]
    [InlineData(nameof(RoutePurpose.Evaluate))]
    [InlineData(nameof(RoutePurpose.EvaluateWithoutNoise))]
    public void Accuracy_is_the_share_of_samples_that_their_expert_classifies_rightly(string purposeName)
    {
        var purpose = Enum.Parse<RoutePurpose>(purposeName);
        var expert = new PatchCnnReference<float>(PatchCnnShape.Of(Spec.Model, 20, 4));
        var noise = new RouterNoise<float>(Spec.Routing, 1);
        var hits = 0;
        for (var i = 0; i < Data.Test.Count; i++)
        {
            var (scores, argmax, gate, outputs) = (new float[5], new float[5], new float[5], new float[2]);
            new RouterScores<float>(Weights.Router, 5).ScoreReference(Data.Test.PatchSums.AsSpan(i * 20, 20), scores);
            noise.Draw(purpose, 6, i, argmax, gate);
            var noisy = scores.Zip(argmax, (score, r) => score + r).ToArray();
            var m = Array.IndexOf(noisy, noisy.Max());
            expert.Forward(Weights.Experts[m], Data.Test.Inputs.Span.Slice(i * 80, 80), outputs);
            if ((noisy[m] * outputs[1] > noisy[m] * outputs[0] ? 1 : 0) == Data.Test.Labels[i]) hits++;
        }

        Classification.Of(Spec, Weights, Data.Test, purpose, 6).Accuracy(Data.Test.Labels).ShouldBe(100.0 * hits / Data.Test.Count);
        hits.ShouldBeInRange(20, 80);
    }

    [Fact]
    public void Each_version_has_a_draw_of_its_own_and_without_noise_there_is_none()
    {
        Accuracies(RoutePurpose.Evaluate).Distinct().Count().ShouldBeGreaterThan(1);
        Accuracies(RoutePurpose.EvaluateWithoutNoise).Distinct().Count().ShouldBe(1);

        static IEnumerable<double> Accuracies(RoutePurpose purpose) =>
            Enumerable.Range(0, 10).Select(version => Classification.Of(Spec, Weights, Data.Test, purpose, version).Accuracy(Data.Test.Labels)).ToArray();
    }

    private static MixtureWeights<float> WithRandomRouter(MixtureWeights<float> weights)
    {
        var random = new Random(1);
        foreach (ref var theta in weights.Router.AsSpan()) theta = (random.NextSingle() - 0.5f) / 10;
        return weights;
    }
}
