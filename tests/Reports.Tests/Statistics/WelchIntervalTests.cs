using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Tests.Statistics;

// Expected values: numpy's variances in Welch's and Satterthwaite's formulas, t quantiles by numerical integration and
// bisection as in SampleTests; the published side has the sample variance 0.55^2 * 10 / 9.
public sealed class WelchIntervalTests
{
    private static readonly PublishedValue TenRuns = new(99.46, 0.55, 10);

    [Fact]
    public void Four_runs_beside_ten_published_ones()
    {
        var welch = WelchInterval.Of(Sample.Of([99.5, 99.1, 98.7, 99.9]), TenRuns)!;
        welch.Difference.ShouldBe(-0.16, 1e-10);
        welch.DegreesOfFreedom!.Value.ShouldBe(6.257376987958855, 1e-9);
        welch.Difference95.Low.ShouldBe(-0.9271949434930651, 1e-7);
        welch.Difference95.High.ShouldBe(0.6071949434930931, 1e-7);
    }

    [Fact]
    public void Ten_runs_beside_ten_published_ones()
    {
        var welch = WelchInterval.Of(Sample.Of([93.1, 95, 91.2, 92, 94.4, 90.5, 93.3, 96.1, 92.7, 93.9]), new PublishedValue(93.00, 2.11, 10))!;
        welch.DegreesOfFreedom!.Value.ShouldBe(16.921959620240994, 1e-9);
        welch.Difference95.Low.ShouldBe(-1.6558645327181098, 1e-7);
        welch.Difference95.High.ShouldBe(2.0958645327181076, 1e-7);
    }

    [Fact]
    public void Where_ours_do_not_vary_the_published_variance_decides()
    {
        var welch = WelchInterval.Of(Sample.Of([99, 99, 99]), TenRuns)!;
        welch.DegreesOfFreedom!.Value.ShouldBe(9, 1e-9);
        welch.Difference95.Low.ShouldBe(-0.8747288131796647, 1e-7);
        welch.Difference95.High.ShouldBe(-0.045271186820322884, 1e-7);
    }

    [Fact]
    public void Where_neither_varies_the_interval_is_a_point() =>
        WelchInterval.Of(Sample.Of([98, 98]), new PublishedValue(97, 0, 10)).ShouldBe(new WelchInterval(1, null, new Interval(1, 1)));

    [Fact]
    public void One_run_says_nothing_of_its_variance()
    {
        WelchInterval.Of(Sample.Of([99]), TenRuns).ShouldBeNull();
        WelchInterval.Of(Sample.Of([68, 69]), new PublishedValue(68.31, null, 1)).ShouldBeNull();
    }

    [Fact]
    public void A_diverged_run_has_an_interval_that_contains_nothing() =>
        WelchInterval.Of(Sample.Of([99, double.NaN]), TenRuns)!.Difference95.Widened(100).Contains(0).ShouldBeFalse();
}
