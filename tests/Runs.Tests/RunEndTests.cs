using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Tests;

/// <summary>The end of a run in words, for the summary and the report.</summary>
public sealed class RunEndTests
{
    [Theory]
    [InlineData(StopReason.Steps, null, "all 1,200 steps done")]
    [InlineData(StopReason.Floor, 1199L, "stopped at step 1199: the loss is at most 0.314 and no longer falls")]
    [InlineData(StopReason.Rise, 1199L, "stopped at step 1199: the loss rose more than 0.02 above its smallest")]
    [InlineData(StopReason.Validation, null, "stopped after 1,200 steps: 3 evaluations without a smaller validation loss")]
    [InlineData(StopReason.Interrupted, null, "interrupted after 1,200 of 5,000 steps")]
    public void Every_reason_says_when_and_why(StopReason reason, long? stopStep, string text) => RunEnd.Of(Spec(3), Summary(reason, stopStep)).ShouldBe(text);

    [Fact]
    public void One_evaluation_is_no_plural() =>
        RunEnd.Of(Spec(1), Summary(StopReason.Validation, null)).ShouldBe("stopped after 1,200 steps: 1 evaluation without a smaller validation loss");

    private static RunSpec Spec(int earlyStop)
    {
        var spec = new RunSpec();
        return spec with { Training = spec.Training with { Steps = 5000, EarlyStop = earlyStop, Stop = spec.Training.Stop with { Floor = 0.314, Rise = 0.02 } } };
    }

    private static RunSummary Summary(StopReason reason, long? stopStep) =>
        new("run", "", 1, 1, 1, 1200, stopStep, reason, 0, 0, 0, 0, 0, [[1]], "", 1, 1, 1, DispatchMode.Reference, 0, 0, 0, 0, null);
}
