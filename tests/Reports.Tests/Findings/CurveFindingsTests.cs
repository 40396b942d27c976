using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class CurveFindingsTests
{
    // At step 2: 0.3, 0.1 and the held 0.2; numpy's mean and deviation, t(0.975, 2) as in SampleTests.
    [Fact]
    public void A_run_that_stops_early_holds_its_last_value()
    {
        var curve = ReproductionFindings.Of([
            Finished("curves", Curve("1", 1), curve: [1.4, 1.0, 0.3]),
            Finished("curves", Curve("1", 2), curve: [1.4, 0.2]),
            Finished("curves", Curve("1", 3), curve: [1.4, 0.6, 0.1]),
        ]).Curves.ShouldHaveSingleItem();
        (curve.Runs, curve.Points.Count).ShouldBe((3, 3));
        var last = curve.Points[2];
        last.Step.ShouldBe(2);
        last.Mean.ShouldBe(0.2, 1e-12);
        last.PopulationDeviation.ShouldBe(0.0816496580927726, 1e-12);
        last.HalfWidth!.Value.ShouldBe(0.24841377117503266, 1e-7);
        curve.Departures.ShouldBeEmpty();
    }

    // The authors' epoch 25 of setting 1, nonlinear, is 1.376 +- 0.002; both numbers are rounded, so 0.003 is allowed for one run.
    [Theory]
    [InlineData(1.3789, true)]
    [InlineData(1.3731, true)]
    [InlineData(1.3791, false)]
    [InlineData(1.3729, false)]
    [InlineData(double.NaN, false)]
    public void A_curve_is_the_authors_where_it_is_within_both_half_widths_at_every_listed_epoch(double entropy, bool holds)
    {
        var findings = ReproductionFindings.Of([Finished("curves", Curve("1"), curve: [1.386, .. Enumerable.Repeat(entropy, 30)])]);
        var curve = findings.Curves.ShouldHaveSingleItem();
        curve.Comparisons.Select(point => (point.Published.Epoch, point.HalfWidth)).ShouldBe([(0, 0), (25, 0)]);
        (curve.LargestExcess <= 0).ShouldBe(holds);
        var verdict = findings.Verdicts.Where(verdict => verdict.Part == "curves").ShouldHaveSingleItem();
        verdict.Holds.ShouldBe(holds);
        if (!holds) verdict.Measured.ShouldStartWith("within at 1 of 2 epochs; epoch 25");
    }

    [Fact]
    public void Our_own_half_width_counts_too()
    {
        double[] Flat(double value) => [1.386, .. Enumerable.Repeat(value, 25)];
        var curve = ReproductionFindings.Of([
            Finished("curves", Curve("1", 1), curve: Flat(1.30)), Finished("curves", Curve("1", 2), curve: Flat(1.32)),
        ]).Curves[0];
        curve.Comparisons[1].Excess.ShouldBe(1.376 - 1.31 - 0.003 - (0.01 * 12.70620473617459), 1e-7);
    }

    [Fact]
    public void A_curve_of_another_variant_is_told_and_one_that_is_not_published_is_not_compared()
    {
        ReproductionFindings.Of([Finished("curves", Mixture("1"), curve: [1.386])]).Curves[0].Departures
            .ShouldBe(["routing.noise is fresh, published fixed", "training.expert.normalise is sum, published tensor", "training.stop.enabled is true, published false"], ignoreOrder: true);
        var other = ReproductionFindings.Of([Finished("curves", Curve("3"), curve: [1.386])]);
        (other.Curves[0].Comparisons.Count, other.Curves[0].LargestExcess, other.Verdicts.Count).ShouldBe((0, null, 0));
    }
}
