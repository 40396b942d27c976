using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Tests.Published;

public sealed class SingleModelBoundTests
{
    // The paper's 1/8 where alpha and gamma have one distribution; 1/8 * P(gamma in alpha's range) = 1/8 * 1.5 / 2.5 else.
    [Theory]
    [InlineData("1", 0.075, 92.5)]
    [InlineData("2", 0.075, 92.5)]
    [InlineData("3", 0.125, 87.5)]
    [InlineData("4", 0.125, 87.5)]
    [InlineData("theorem", 0.125, 87.5)]
    public void The_bound_of_a_setting_is_the_stated_one(string setting, double error, double accuracy)
    {
        var bound = SingleModelBound.Of(Presets.For(Recipe.Reference, setting).Data);
        bound.ErrorProbability.ShouldBe(error, 1e-15);
        bound.Accuracy.ShouldBe(accuracy, 1e-12);
    }

    // sqrt(0.125 * 0.875 / 16000) = 0.0026146
    [Fact]
    public void The_standard_error_is_that_of_a_share() =>
        SingleModelBound.Of(Presets.For(Recipe.Reference, "3").Data).StandardError(16_000).ShouldBe(0.26146, 1e-5);

    [Theory]
    [InlineData(1, 2, 2, 3, 0)]
    [InlineData(1, 2, 5, 6, 0)]
    [InlineData(1, 1, 1, 1, 0.125)]
    [InlineData(1, 1, 0, 2, 0)]
    [InlineData(0, 2, 1, 3, 0.125 / 4)]
    public void Only_strengths_of_both_ranges_can_be_swapped(double alphaLow, double alphaHigh, double gammaLow, double gammaHigh, double error) =>
        SingleModelBound.Of(new DataSpec { Alpha = new(alphaLow, alphaHigh), Gamma = new(gammaLow, gammaHigh) }).ErrorProbability.ShouldBe(error, 1e-15);

    // The integral by drawing: min(p_alpha(a) p_gamma(g), p_alpha(g) p_gamma(a)) is p_alpha p_gamma where both lie in both ranges.
    [Fact]
    public void The_share_that_can_be_swapped_is_what_draws_say()
    {
        var data = new DataSpec { Alpha = new(0.5, 2), Gamma = new(1, 4) };
        var random = new Random(1);
        var common = Enumerable.Range(0, 200_000).Count(_ => In(data.Gamma, Draw(data.Alpha)) & In(data.Alpha, Draw(data.Gamma)));
        SingleModelBound.Of(data).ErrorProbability.ShouldBe(common / 200_000.0 / 8, 0.0005);

        double Draw(UniformRange range) => range.Low + ((range.High - range.Low) * random.NextDouble());
        static bool In(UniformRange range, double value) => value >= range.Low && value <= range.High;
    }
}
