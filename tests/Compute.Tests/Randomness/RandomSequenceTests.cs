using MoeOrleans.Compute.Randomness;

namespace MoeOrleans.Compute.Tests.Randomness;

public sealed class RandomSequenceTests
{
    private const int Draws = 200_000;

    [Fact]
    public void Draws_are_the_blocks_of_their_counters_in_order()
    {
        const long Item = (7L << 32) + 5;
        var draws = new RandomSequence(0x0123_4567_89AB_CDEF, DrawPurpose.TieBreak, Item, 11);
        for (var block = 0u; block < 5; block++)
        {
            var expected = Philox4x32.Block(new PhiloxBlock(block, 5, 11, 4 | (7u << 8)), 0x0123_4567_89AB_CDEF);
            new PhiloxBlock(draws.NextBits(), draws.NextBits(), draws.NextBits(), draws.NextBits()).ShouldBe(expected);
        }
    }

    [Fact]
    public void Seed_purpose_item_and_step_each_name_another_sequence()
    {
        RandomSequence[] all =
        [
            new(1, DrawPurpose.RouterNoise, 3, 4), new(2, DrawPurpose.RouterNoise, 3, 4), new(1L << 40, DrawPurpose.RouterNoise, 3, 4),
            new(1, DrawPurpose.EvaluationNoise, 3, 4), new(1, DrawPurpose.RouterNoise, 4, 3), new(1, DrawPurpose.RouterNoise, 3 + (1L << 32), 4),
        ];
        all.Select(draws => (draws.NextBits(), draws.NextBits())).ShouldBeUnique();
    }

    [Fact]
    public void The_same_sequence_can_be_drawn_again()
    {
        var (first, second) = (new RandomSequence(9, DrawPurpose.Signals, 2), new RandomSequence(9, DrawPurpose.Signals, 2));
        for (var i = 0; i < 9; i++) first.NextNormal().ShouldHaveTheBitsOf(second.NextNormal(), "normal draw");
    }

    [Fact]
    public void Unit_draws_have_the_moments_of_the_uniform_distribution_and_stay_inside()
    {
        var draws = new RandomSequence(1, DrawPurpose.RouterNoise, 0);
        var values = new double[Draws];
        foreach (ref var value in values.AsSpan()) value = draws.NextUnit();
        values.ShouldAllBe(value => value > 0 && value < 1);
        Moment(values, 1).ShouldBe(1 / 2.0, 0.003);
        Moment(values, 2).ShouldBe(1 / 3.0, 0.003);
        Moment(values, 3).ShouldBe(1 / 4.0, 0.003);
    }

    [Fact]
    public void Uniform_draws_fill_their_range()
    {
        var draws = new RandomSequence(2, DrawPurpose.RouterNoise, 0);
        var values = new double[10_000];
        foreach (ref var value in values.AsSpan()) value = draws.NextUniform(-3, 5);
        values.Min().ShouldBeInRange(-3, -2.98);
        values.Max().ShouldBeInRange(4.98, 5);
        values.Average().ShouldBe(1, 0.1);
        draws.NextUniform(2, 2).ShouldBe(2);
    }

    [Fact]
    public void Normal_draws_have_the_moments_of_the_normal_distribution()
    {
        var draws = new RandomSequence(3, DrawPurpose.Signals, 0);
        var values = new double[Draws];
        foreach (ref var value in values.AsSpan()) value = draws.NextNormal();
        Moment(values, 1).ShouldBe(0, 0.01);
        Moment(values, 2).ShouldBe(1, 0.015);
        Moment(values, 3).ShouldBe(0, 0.04);
        Moment(values, 4).ShouldBe(3, 0.12);
        values.Zip(values.Skip(1), (a, b) => a * b).Average().ShouldBe(0, 0.01);
        (values.Count(value => Math.Abs(value) > 1.959964) / (double)Draws).ShouldBe(0.05, 0.002);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Indexes_are_even(int count)
    {
        var draws = new RandomSequence(4, DrawPurpose.MinibatchOrder, 0);
        var hits = new int[count];
        for (var i = 0; i < 70_000; i++) hits[draws.NextIndex(count)]++;
        hits.ShouldAllBe(hit => Math.Abs(hit - (70_000.0 / count)) < 600);
    }

    private static double Moment(double[] values, int power) => values.Average(value => Math.Pow(value, power));
}
