using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Training;

public sealed class StopRuleTests
{
    private static readonly StopSpec Spec = new() { Floor = 0.314, Rise = 0.02 };

    [Fact]
    public void Falling_losses_are_recorded_even_below_the_floor()
    {
        var rule = StopRule.Start;
        foreach (var loss in new[] { 5.0, 0.5, 0.3139, 0.31, 0.31, 0.1 })
        {
            (rule, var stop) = rule.Observe(Spec, 600, loss);
            stop.ShouldBeNull();
            rule.MinimumLoss.ShouldBe(loss);
        }
    }

    [Theory]
    [InlineData(0.3, 0.3)]
    [InlineData(0.3, 0.314)]
    public void A_loss_at_the_floor_that_no_longer_falls_ends_the_run(double smallest, double loss)
    {
        var (next, stop) = new StopRule(smallest).Observe(Spec, 600, loss);
        stop.ShouldBe(loss == smallest ? null : StopReason.Floor);
        next.MinimumLoss.ShouldBe(smallest);
    }

    [Theory]
    [InlineData(0.5, 0.51, false)]
    [InlineData(0.5, 0.52, false)]
    [InlineData(0.5, 0.5200001, true)]
    [InlineData(0.5, 7, true)]
    [InlineData(0.3, 0.3141, false)]
    [InlineData(0.3, 0.3201, true)]
    public void A_loss_too_far_above_the_smallest_ends_the_run(double smallest, double loss, bool stops)
    {
        var (next, stop) = new StopRule(smallest).Observe(Spec, 600, loss);
        stop.ShouldBe(stops ? StopReason.Rise : null);
        next.MinimumLoss.ShouldBe(smallest);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.31)]
    [InlineData(9)]
    public void A_rule_that_is_off_never_ends_the_run(double loss)
    {
        var (next, stop) = new StopRule(0.3).Observe(Spec with { Enabled = false }, 600, loss);
        stop.ShouldBeNull();
        next.MinimumLoss.ShouldBe(0.3);
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(501, true)]
    public void The_rule_waits_for_its_first_step_but_records_before_it(long step, bool stops)
    {
        var (rule, _) = StopRule.Start.Observe(Spec with { From = 501 }, 3, 0.4);
        rule.MinimumLoss.ShouldBe(0.4);
        rule.Observe(Spec with { From = 501 }, step, 5).Stop.ShouldBe(stops ? StopReason.Rise : null);
    }
}
