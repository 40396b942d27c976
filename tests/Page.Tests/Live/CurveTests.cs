using MoeOrleans.Page.Feed;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>How curves of any length fit a screen.</summary>
public sealed class CurveTests
{
    [Fact]
    public void Each_step_is_a_point_until_there_are_too_many()
    {
        var curve = new Curve();
        curve.Add(Steps(0, 3));

        curve.Now.Stride.ShouldBe(1);
        curve.Now.Points.Select(point => string.Join(' ', point)).ShouldBe(["0 0 50 1 2", "1 1 50 1 2", "2 2 50 1 2"]);
    }

    [Fact]
    public void A_long_run_has_bounded_points_each_the_mean_of_its_steps()
    {
        var curve = new Curve();
        curve.Add(Steps(0, 100_000));

        var now = curve.Now;
        now.Points.Length.ShouldBeInRange(Curve.MaxPoints / 2, Curve.MaxPoints);
        now.Stride.ShouldBe(64);
        for (var i = 0; i < now.Points.Length; i++) (now.Points[i][0], now.Points[i][1]).ShouldBe((i * now.Stride, (i * now.Stride) + ((now.Stride - 1) / 2.0)));
    }

    [Fact]
    public void Who_has_points_receives_the_others_only()
    {
        var curve = new Curve();
        curve.Add(Steps(0, 2));
        var had = curve.Now;
        curve.Now.Since(had).ShouldBeNull();
        curve.Add(Steps(2, 1));

        var more = curve.Now.Since(had).ShouldNotBeNull();
        (more.From, more.Points.Count).ShouldBe((2, 1));
        curve.Now.Since(null)!.Points.Count.ShouldBe(3);
    }

    [Fact]
    public void A_restart_sends_all_anew()
    {
        var curve = new Curve();
        curve.Add(Steps(0, 5));
        var had = curve.Now;
        curve.Clear();
        curve.Now.Since(had).ShouldNotBeNull().From.ShouldBe(0);
        curve.Add(Steps(0, 1));

        var anew = curve.Now.Since(had).ShouldNotBeNull();
        (anew.From, anew.Points.Count).ShouldBe((0, 1));
    }

    [Fact]
    public void A_loss_that_is_not_finite_has_no_point_to_draw()
    {
        var curve = new Curve();
        curve.Add([new StepRecord(0, double.PositiveInfinity, 50, 1, 1, 0, 0, 0, 2)]);

        curve.Now.Points.ShouldHaveSingleItem()[1].ShouldBeNull();
    }

    private static IEnumerable<StepRecord> Steps(long first, int count) =>
        Enumerable.Range(0, count).Select(i => new StepRecord(first + i, first + i, 50, 1, 1, 0, 0, 0, 2));
}
