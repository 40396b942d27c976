using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Training;

public sealed class MinibatchOrderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(103)]
    public void A_full_batch_takes_the_samples_in_their_own_order(int minibatch)
    {
        var order = Order(minibatch);
        order.Size(5).ShouldBe(103);
        Step(order, 5).ShouldBe(Enumerable.Range(0, 103));
        var some = new int[10];
        order.Fill(5, 7, some);
        some.ShouldBe(Enumerable.Range(7, 10));
    }

    [Theory]
    [InlineData(20, 6, 3)]
    [InlineData(1, 103, 1)]
    [InlineData(102, 2, 1)]
    public void Each_epoch_is_a_permutation_of_its_own_and_its_last_minibatch_shorter(int minibatch, int stepsPerEpoch, int last)
    {
        var order = Order(minibatch);
        var epochs = Enumerable.Range(0, 3).Select(epoch => Enumerable.Range(epoch * stepsPerEpoch, stepsPerEpoch).Select(step => Step(order, step)).ToArray()).ToArray();
        foreach (var epoch in epochs)
        {
            epoch[..^1].ShouldAllBe(step => step.Length == minibatch);
            epoch[^1].Length.ShouldBe(last);
            epoch.SelectMany(step => step).Order().ShouldBe(Enumerable.Range(0, 103));
        }

        epochs.Select(epoch => string.Join(' ', epoch.SelectMany(step => step))).ShouldBeUnique();
        epochs[0].SelectMany(step => step).ShouldNotBe(Enumerable.Range(0, 103));
    }

    [Fact]
    public void Any_range_of_any_step_can_be_had_without_those_before()
    {
        var sequential = Order(20);
        var steps = Enumerable.Range(0, 30).Select(step => Step(sequential, step)).ToArray();
        foreach (var step in new[] { 29, 3, 17, 5, 12, 0 })
        {
            var order = Order(20);
            Step(order, step).ShouldBe(steps[step]);
            Step(sequential, step).ShouldBe(steps[step]);
            var some = new int[2];
            order.Fill(step, 1, some);
            some.ShouldBe(steps[step][1..3]);
        }
    }

    [Fact]
    public void Every_sample_may_come_first()
    {
        var firsts = Enumerable.Range(0, 400).Select(epoch => Step(new MinibatchOrder(new TrainingSpec { Minibatch = 2 }, 4), epoch * 2L)[0]).CountBy(sample => sample);
        firsts.Count().ShouldBe(4);
        firsts.ShouldAllBe(count => count.Value > 70 && count.Value < 130);
    }

    [Fact]
    public void Another_seed_is_another_order() =>
        Step(new MinibatchOrder(new TrainingSpec { Minibatch = 20, Seed = 2 }, 103), 0).ShouldNotBe(Step(Order(20), 0));

    private static MinibatchOrder Order(int minibatch) => new(new TrainingSpec { Minibatch = minibatch }, 103);

    private static int[] Step(MinibatchOrder order, long step)
    {
        var indexes = new int[order.Size(step)];
        order.Fill(step, 0, indexes);
        return indexes;
    }
}
