using MoeOrleans.Cli.Views;

namespace MoeOrleans.Cli.Tests.Views;

public sealed class FormatTests
{
    [Theory]
    [InlineData(new int[0], "")]
    [InlineData(new[] { 4 }, "4")]
    [InlineData(new[] { 7, 0, 1, 2, 5, 8 }, "0-2, 5, 7-8")]
    public void Numbers_that_follow_each_other_are_a_range(int[] numbers, string text) => Format.Ranges(numbers).ShouldBe(text);

    [Theory]
    [InlineData(1, "queued: one run comes before it")]
    [InlineData(2, "queued: 2 runs come before it")]
    public void A_waiting_run_says_how_many_come_before(int ahead, string text) => Format.Queued(ahead).ShouldBe(text);
}
