using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Page.Feed;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>What the page says that the last steps did.</summary>
public sealed class LiveStepsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LiveSteps _steps;

    public LiveStepsTests() => _steps = new LiveSteps(_time);

    [Fact]
    public void Times_are_means_of_what_was_measured_since_the_last_look()
    {
        _steps.Update(Status(1, new ExpertTotals(4, 10, 100, 200, 300, 10, 50), new StepTotals(10, 1, 2, 3, 4, 5)));
        _time.Advance(TimeSpan.FromSeconds(2));
        var live = _steps.Update(Status(5, new ExpertTotals(12, 14, 104, 212, 1300, 12, 60), new StepTotals(14, 1, 6, 15, 8, 5)))!;

        (live.CommitWait[0], live.Queue[0], live.Compute[0], live.Commit[0]).ShouldBe((1, 3, 250, 5));
        live.Utilisation.ShouldBe([0.5, 0]);
        live.CommitWait[1].ShouldBeNull();
        live.Phases.ShouldBe(new PhasesMessage(0, 1, 3, 1, 0));
        live.StepsPerSecond.ShouldBe(2);
        live.Samples.ShouldBe([12, 0]);
    }

    [Fact]
    public void Load_shows_who_is_overloaded_and_who_is_idle()
    {
        var live = _steps.Update(Status(1, default, new StepTotals(1, 0, 0, 0, 0, 1)))!;

        live.Counts.ShouldBe([[6, 0], [2, 0]]);
        live.Load.ShouldBe([2, 0]);
        (live.MaxViolation, live.Idle).ShouldBe((1, 1));
        // Nobody knows yet how long that took.
        (live.StepsPerSecond, live.Utilisation[0]).ShouldBe((null, null));
    }

    [Fact]
    public void Before_the_first_step_there_is_nothing_to_show() => _steps.Update(Status(-1, default, default)).ShouldBeNull();

    [Fact]
    public void A_long_step_leaves_the_last_one_on_the_screen()
    {
        var first = _steps.Update(Status(1, default, new StepTotals(1, 0, 0, 0, 0, 1)));
        _time.Advance(TimeSpan.FromSeconds(1));

        _steps.Update(Status(1, default, new StepTotals(1, 0, 0, 0, 0, 1))).ShouldBeSameAs(first);
    }

    [Fact]
    public void A_coordinator_that_has_moved_begins_its_totals_again()
    {
        _steps.Update(Status(9, new ExpertTotals(50, 10, 10, 10, 10, 10, 10), new StepTotals(10, 0, 0, 0, 0, 10)));
        _time.Advance(TimeSpan.FromSeconds(1));
        var live = _steps.Update(Status(10, new ExpertTotals(5, 1, 2, 3, 4, 1, 5), new StepTotals(1, 0, 0, 0, 0, 7)))!;

        (live.Queue[0], live.Phases!.Commit).ShouldBe((3, 7));
        live.StepsPerSecond.ShouldBeNull();
    }

    private static DispatchStatus Status(long step, ExpertTotals first, StepTotals totals) => new(
        step, CountedBy.Cluster, new WireTensor<int>([6, 0, 2, 0]), [first, default], totals, [], "a", new RunAssignment("r", 1, ["a", "a"], ["a"]), 1, 0);
}
