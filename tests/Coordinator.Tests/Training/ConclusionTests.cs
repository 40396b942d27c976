using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>The evaluation and the summary of a run on experts in memory.</summary>
public sealed class ConclusionTests
{
    private static readonly RunSpec s_spec = Specifications.Small("training.keepBest=true");

    private readonly FakeTrainingGrains _grains = new(s_spec);
    private readonly CurrentProgress _current;

    public ConclusionTests() => _current = new CurrentProgress(
        TrainingProgress.None.Restarted(s_spec, RouterGradientLayout.Of(s_spec, s_spec.Data.Dim), generation: 2) with
        {
            Records = [.. new double[] { 9, 1, 5 }.Select((milliseconds, step) => new StepRecord(step, 3 - step, 50, 0, 1, 10, 0, 0, milliseconds))],
            Trained = TimeSpan.FromMilliseconds(20),
            Restarts = 1,
        });

    [Fact]
    public async Task The_final_weights_are_read_and_evaluated_at_the_version_of_the_last_update()
    {
        var summary = await Conclude(End(2, StopReason.Steps));
        _grains.Events.ShouldBe(["read 3", "Evaluate 3", "EvaluateWithoutNoise 3"]);
        (summary.Steps, summary.StopStep, summary.StopReason, summary.FinalLoss, summary.TrainAccuracy).ShouldBe((3, null, StopReason.Steps, 0.5, 80));
        (summary.TestAccuracy, summary.TestAccuracyWithoutNoise, summary.BestLoss).ShouldBe((20, 100.0 / 3, null));
        (summary.RunId, summary.SpecHash, summary.Recoveries, summary.WallSeconds).ShouldBe(("run", SpecHash.Of(s_spec), 1, 0));
        (summary.Silos, summary.Threads, summary.Shards, summary.StepMillisecondsMedian).ShouldBe((2, 2, 4, 5));
        summary.ComputeShare.ShouldBe(30 / (3 * 20.0));
        var weights = _current.Value.FinalWeights.ShouldNotBeNull();
        weights.Experts[0].Span[0].ShouldBe(3);
        summary.WeightsSha256.ShouldBe(new RunWeights(_current.Value.Theta, _grains.Weights(3)).ToMixture(s_spec).Sha256());
        _current.Phase.ShouldBe(RunPhase.Evaluating);
    }

    [Theory]
    [InlineData(StopReason.Rise)]
    [InlineData(StopReason.Floor)]
    public async Task A_step_that_the_stop_rule_ended_made_no_update(StopReason reason)
    {
        var summary = await Conclude(End(2, reason));
        _grains.Events.ShouldContain("read 2");
        (summary.Steps, summary.StopStep, summary.StopReason).ShouldBe((3, 2, reason));
    }

    [Fact]
    public async Task The_weights_of_the_smallest_loss_are_read_and_evaluated_at_their_step()
    {
        _current.Value = _current.Value with { Best = new BestStep(new StepMetrics(1, 0.25, 90, 0, 1), new(new float[_current.Value.Theta.Length])) };
        var summary = await Conclude(End(2, StopReason.Steps));
        // All weights are read first: nothing that fails later costs them.
        _grains.Events.ShouldBe(["read 3", "read best 1", "Evaluate 3", "EvaluateWithoutNoise 3", "Evaluate 1", "EvaluateWithoutNoise 1"]);
        var best = summary.BestLoss.ShouldNotBeNull();
        (best.Step, best.Loss, best.TrainAccuracy, best.TestAccuracy, best.TestAccuracyWithoutNoise).ShouldBe((1, 0.25, 90, 20, 100.0 / 3));
        best.WeightsSha256.ShouldBe(_current.Value.BestWeights!.ToMixture(s_spec).Sha256());
        best.WeightsSha256.ShouldNotBe(summary.WeightsSha256);
    }

    [Fact]
    public async Task Final_weights_that_are_also_the_best_by_validation_are_read_once()
    {
        var evaluated = new EvaluationRecord(0.5, 90, 0.75, 80);
        _current.Value = _current.Value with { Best = new BestStep(new StepMetrics(2, 0.25, 90, 0, 1), _current.Value.Theta) { Evaluation = evaluated } };
        var summary = await Conclude(End(2, StopReason.Validation));
        _grains.Events.Where(what => what.StartsWith("read", StringComparison.Ordinal)).ShouldBe(["read 3"]);
        var best = summary.BestLoss.ShouldNotBeNull();
        (best.Step, best.Loss, best.ValidationLoss, best.ValidationAccuracy, best.WeightsSha256).ShouldBe((3, 0.25, 0.5, 90, summary.WeightsSha256));
    }

    [Fact]
    public async Task The_products_of_the_final_weights_are_recorded_once()
    {
        await Conclude(End(2, StopReason.Steps), products: 2);
        _current.Value.Products.Select(record => record.Step).ShouldBe([3]);
        await Conclude(End(2, StopReason.Steps), products: 2);
        _current.Value.Products.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("read 3")]
    [InlineData("read best 1")]
    public async Task Weights_that_cannot_be_read_can_be_recovered_from(string call)
    {
        _current.Value = _current.Value with { Best = new BestStep(new StepMetrics(1, 0.25, 90, 0, 1), new(new float[_current.Value.Theta.Length])) };
        _grains.Fail = what => what == call ? new RecoverableException("an expert was lost") : null;
        await Should.ThrowAsync<RecoverableException>(Conclude(End(2, StopReason.Steps)));
    }

    [Fact]
    public async Task A_failed_evaluation_leaves_the_weights_and_is_nothing_to_restart_for()
    {
        _grains.Fail = what => what == "EvaluateWithoutNoise 3" ? new IOException("a failed call") : null;
        var failure = await Should.ThrowAsync<EvaluationFailedException>(Conclude(End(2, StopReason.Steps)));
        failure.Message.ShouldBe("The evaluation of the weights after 3 steps failed at shard 0: a failed call");
        (_current.Value.FinalWeights!.Experts[0].Span[0], _current.Value.FinalVersion).ShouldBe((3, 3));
    }

    private static TrainingEnd End(long step, StopReason reason) =>
        new(new StepMetrics(step, 0.5, 80, 0.1, 1), new DispatchCounts(s_spec.Data.Clusters, s_spec.Model.Experts), reason);

    private Task<RunSummary> Conclude(TrainingEnd end, int products = 0)
    {
        var request = new RunRequest(new RunContext("run", RunSpecJson.Write(s_spec)), new Deployment(3, 4, 1, DispatchMode.Reference), products);
        return new Conclusion(request, s_spec, _grains, new ProductsRecorder(s_spec, products), _current, new RetryPolicy(TimeProvider.System) { FirstPause = TimeSpan.FromMilliseconds(1) }).Conclude(end, TestContext.Current.CancellationToken);
    }
}
