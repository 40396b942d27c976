using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Tests.Statistics;

// Expected values: means and deviations by numpy; t quantiles by integrating the density with 40 panels of 200 Gauss-Legendre
// nodes and bisecting (t(0.975, 3) = 3.18244630528371, as printed in every table: 3.182).
public sealed class SampleTests
{
    [Fact]
    public void Several_values_have_both_deviations_and_an_interval_of_the_mean()
    {
        var sample = Sample.Of([99.5, 99.1, 98.7, 99.9]);
        sample.Count.ShouldBe(4);
        sample.Mean.ShouldBe(99.3, 1e-10);
        sample.PopulationDeviation.ShouldBe(0.44721359549995954, 1e-10);
        sample.SampleDeviation!.Value.ShouldBe(0.5163977794943241, 1e-10);
        (sample.Min, sample.Max).ShouldBe((98.7, 99.9));
        sample.Mean95!.Value.Low.ShouldBe(98.4782958972958, 1e-7);
        sample.Mean95!.Value.High.ShouldBe(100.12170410270423, 1e-7);
    }

    // Two values have the widest t: 12.70620473617459 for one degree of freedom.
    [Fact]
    public void Two_values_have_the_interval_of_one_degree_of_freedom() =>
        Sample.Of([0, 2]).Mean95!.Value.High.ShouldBe(1 + 12.70620473617459, 1e-6);

    [Fact]
    public void One_value_has_no_deviation_of_a_sample_and_no_interval() =>
        Sample.Of([42]).ShouldBe(new Sample(1, 42, 0, null, 42, 42, null));

    [Fact]
    public void Equal_values_have_a_point_as_interval() =>
        Sample.Of([3, 3, 3]).ShouldBe(new Sample(3, 3, 0, 0, 3, 3, new Interval(3, 3)));

    [Fact]
    public void A_value_that_is_no_number_spoils_every_figure()
    {
        var sample = Sample.Of([1, double.NaN, 3]);
        new[] { sample.Mean, sample.PopulationDeviation, sample.Min, sample.Max, sample.Mean95!.Value.Low }.ShouldAllBe(figure => double.IsNaN(figure));
    }

    [Fact]
    public void No_values_are_no_sample() => Should.Throw<ArgumentException>(() => Sample.Of([]));
}
