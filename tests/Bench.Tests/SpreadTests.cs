namespace MoeOrleans.Bench.Tests;

public sealed class SpreadTests
{
    [Fact]
    public void It_is_the_middle_and_the_ends()
    {
        Spread.Of([3, 1, 2]).ShouldBe(new Spread(2, 1, 3));
        Spread.Of([4, 1, 2, 3]).ShouldBe(new Spread(2.5, 1, 4));
        Spread.Of([7]).ShouldBe(new Spread(7, 7, 7));
    }
}
