using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Training;

public sealed class LearningRateTests
{
    private static readonly TrainingSpec Training = new() { Steps = 10 };

    [Fact]
    public void A_constant_rate_is_the_optimisers_own() =>
        LearningRate.At(Training.Expert, Training, 7).ShouldBeSameAs(Training.Expert);

    // PyTorch's CosineAnnealingLR with T_max 10, stepped after each minibatch.
    [Fact]
    public void A_cosine_falls_from_the_whole_rate_to_nothing_after_the_last_step()
    {
        for (var step = 0; step <= 10; step++)
            Factor(Training with { Schedule = ScheduleKind.Cosine }, step).ShouldBe(0.5 * (1 + Math.Cos(Math.PI * step / 10)), 1e-15);
        Factor(Training with { Schedule = ScheduleKind.Cosine }, 0).ShouldBe(1);
        LearningRate.At(new OptimiserSpec { Rate = 0.3 }, Training with { Schedule = ScheduleKind.Cosine }, 5).Rate.ShouldBe(0.15, 1e-15);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 0.1)]
    [InlineData(8, 0.01)]
    public void Steps_reduce_the_rate_a_third_of_the_run_after_each_other(long step, double factor) =>
        Factor(Training with { Schedule = ScheduleKind.Step }, step).ShouldBe(factor, 1e-15);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0.5)]
    [InlineData(9, 0.0625)]
    public void Steps_reduce_the_rate_as_often_as_asked_for(long step, double factor) =>
        Factor(Training with { Schedule = ScheduleKind.Step, DecayEvery = 2, DecayFactor = 0.5 }, step).ShouldBe(factor);

    [Fact]
    public void A_rate_warms_up_in_equal_steps_and_then_falls_along_a_cosine()
    {
        var training = Training with { Schedule = ScheduleKind.WarmupCosine, Warmup = 4 };
        Enumerable.Range(0, 4).Select(step => Factor(training, step)).ShouldBe([0.25, 0.5, 0.75, 1]);
        for (var step = 4; step < 10; step++) Factor(training, step).ShouldBe(0.5 * (1 + Math.Cos(Math.PI * (step - 4) / 6)), 1e-15);
    }

    [Fact]
    public void A_twentieth_of_the_steps_warms_up_if_no_number_is_given()
    {
        var training = new TrainingSpec { Steps = 100, Schedule = ScheduleKind.WarmupCosine };
        (Factor(training, 0), Factor(training, 4), Factor(training, 5)).ShouldBe((0.2, 1, 1));
    }

    [Theory]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.Step)]
    [InlineData(ScheduleKind.WarmupCosine)]
    public void A_factor_is_finite_in_a_run_of_one_step_and_of_ten_million(ScheduleKind kind)
    {
        foreach (var steps in (int[])[1, 10_000_000])
        {
            foreach (var every in (int[])[0, 1]) Factor(new TrainingSpec { Steps = steps, Schedule = kind, DecayEvery = every }, steps - 1).ShouldBeInRange(0, 1);
        }
    }

    private static double Factor(TrainingSpec training, long step) => LearningRate.Factor(training, step);
}
