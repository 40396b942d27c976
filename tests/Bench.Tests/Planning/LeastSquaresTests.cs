using MoeOrleans.Bench.Planning;

namespace MoeOrleans.Bench.Tests.Planning;

/// <summary>The fit of costs to times.</summary>
public sealed class LeastSquaresTests
{
    [Fact]
    public void Costs_that_explain_the_times_are_found()
    {
        double[][] counts = [[1, 8, 0], [1, 64, 0], [1, 8, 4], [2, 3, 1]];

        var costs = LeastSquares.Fit(counts, [.. counts.Select(row => (5 * row[0]) + (2 * row[1]) + (7 * row[2]))]);

        costs[0].ShouldBe(5, 1e-3);
        costs[1].ShouldBe(2, 1e-3);
        costs[2].ShouldBe(7, 1e-3);
    }

    [Fact]
    public void No_cost_is_negative() => LeastSquares.Fit([[1, 1], [1, 2]], [10, 9])[1].ShouldBe(0);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(100, 10)]
    [InlineData(1000, 15)]
    [InlineData(10_000, 20)]
    [InlineData(1e9, 20)]
    public void A_rate_is_interpolated_by_the_logarithm_of_the_size(double bytes, double expected) =>
        new RateBySize([new RatePoint(100, 10), new RatePoint(10_000, 20)]).At(bytes).ShouldBe(expected, 1e-9);
}
