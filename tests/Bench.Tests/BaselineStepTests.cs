using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Bench.Tests;

/// <summary>The bench's baseline step trains as the sequential trainer does.</summary>
public sealed class BaselineStepTests
{
    public static TheoryData<int, int, string[]> Cases => new()
    {
        { 1, 5, [] },
        { 2, 5, [] },
        { 3, 1, ["training.expert.method=adam", "training.minibatch=100"] },
        { 2, 17, ["routing.loadBalance=0.01", "model.activation=celu", "model.initialScale=1"] },
        { 2, 5, ["model.expert=mlp", "model.hidden=40", "training.minibatch=100"] },
        { 2, 4, ["routing.gate=softmax", "training.expert.momentum=0.9", "training.block=512"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_baseline_gives_the_weights_the_loss_and_the_hits_of_the_sequential_trainer(int threads, int experts, string[] changes)
    {
        var (spec, data) = Small(experts, changes);
        using var baseline = new BaselineStep(spec, data, threads);
        var trainer = new SequentialTrainer<float>(spec, data);
        trainer.Run(metrics =>
        {
            baseline.Run(metrics.Step);
            baseline.Loss.ShouldBe(metrics.Loss);
            baseline.Counts.Entropy().ShouldBe(metrics.Entropy);
            (100.0 * baseline.Hits / (spec.Training.Minibatch == 0 ? 700 : 100)).ShouldBe(metrics.Accuracy, 1e-12);
        });

        baseline.Weights.Sha256().ShouldBe(trainer.Weights.Sha256());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void In_any_order_the_sums_are_nearly_the_same(int threads)
    {
        var (spec, data) = Small(5, []);
        using var ordered = new BaselineStep(spec, data, threads);
        using var unordered = new BaselineStep(spec, data, threads, ordered: false);
        for (var step = 0; step < 3; step++)
        {
            ordered.Run(step);
            unordered.Run(step);
            unordered.Loss.ShouldBe(ordered.Loss, 1e-6);
            unordered.Hits.ShouldBeInRange(ordered.Hits - 2, ordered.Hits + 2);
        }

        for (var m = 0; m < 5; m++)
        {
            var largest = ordered.Weights.Experts[m].Max(Math.Abs);
            ordered.Weights.Experts[m].Zip(unordered.Weights.Experts[m], (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-3f * largest);
        }
    }

    private static (RunSpec Spec, Dataset<float> Data) Small(int experts, string[] changes)
    {
        var builder = new SpecificationBuilder();
        string[] small = ["data.dim=33", "data.train=700", "data.test=10", "training.block=32", "training.steps=6", "training.stop.enabled=false", $"model.experts={experts}"];
        foreach (var change in (string[])[.. small, .. changes]) builder.Set(change);
        var spec = builder.Build();
        return (spec, ClusterData.Generate<float>(spec.Data));
    }
}
