using MoeOrleans.Coordinator.Telemetry;

namespace MoeOrleans.Coordinator.Tests.Telemetry;

/// <summary>Which steps are traced, and which are slow.</summary>
public sealed class StepSamplingTests
{
    [Theory]
    [InlineData(0, new long[0])]
    [InlineData(1, new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(0.25, new long[] { 0, 4, 8 })]
    [InlineData(0.01, new long[] { 0 })]
    public void They_are_spaced_evenly_from_the_first(double share, long[] expected) =>
        Enumerable.Range(0, 10).Select(step => (long)step).Where(new StepSampling(share).Takes).ShouldBe(expected);

    [Fact]
    public void A_share_of_all_steps_is_taken()
    {
        var sampling = new StepSampling(0.03);
        Enumerable.Range(0, 10_000).Count(step => sampling.Takes(step)).ShouldBeInRange(300, 301);
    }

    [Fact]
    public void A_slow_step_takes_five_times_the_median_of_those_before()
    {
        var steps = new SlowSteps();
        // The first steps of a process are slow without a reason to look at them.
        for (var i = 0; i < SlowSteps.Window; i++) Takes(i == 3 ? 5000 : 10).ShouldBeFalse();

        Takes(50).ShouldBeFalse();
        Takes(51).ShouldBeTrue();

        bool Takes(int milliseconds) => steps.IsSlow(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Fact]
    public void Steps_of_a_millisecond_are_slow_from_20_ms_on()
    {
        var steps = new SlowSteps();
        for (var i = 0; i < SlowSteps.Window; i++) steps.IsSlow(TimeSpan.FromMilliseconds(1));

        steps.IsSlow(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
        steps.IsSlow(TimeSpan.FromMilliseconds(21)).ShouldBeTrue();
    }

    [Fact]
    public void Waits_for_routers_and_for_experts_are_told_apart_and_add_up()
    {
        var phases = StepPhases.Of(Milliseconds(1), routed: Milliseconds(10), longestDispatch: Milliseconds(7), fold: Milliseconds(2), commit: Milliseconds(3));
        (phases.Route, phases.Dispatch, phases.Total).ShouldBe((Milliseconds(3), Milliseconds(7), Milliseconds(16)));

        // Routing began while the step before was committed.
        var early = StepPhases.Of(default, routed: Milliseconds(4), longestDispatch: Milliseconds(7), fold: default, commit: default);
        (early.Route, early.Dispatch, early.Total).ShouldBe((TimeSpan.Zero, Milliseconds(4), Milliseconds(4)));

        static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
    }
}
