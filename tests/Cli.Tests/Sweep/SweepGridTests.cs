using MoeOrleans.Cli.Sweep;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Tests.Sweep;

/// <summary>The lists of --set.</summary>
public sealed class SweepGridTests
{
    [Fact]
    public void Lists_give_every_combination_and_single_values_are_part_of_each()
    {
        var points = SweepGrid.Points(["a=1,2", "b=x", "c=3, 4"]);
        points.Select(point => string.Join(' ', point.Assignments)).ShouldBe(["a=1 b=x c=3", "a=1 b=x c=4", "a=2 b=x c=3", "a=2 b=x c=4"]);
        points.Select(point => point.Name).ShouldBe(["a=1,c=3", "a=1,c=4", "a=2,c=3", "a=2,c=4"]);
    }

    [Fact]
    public void Without_a_list_there_is_one_combination() => SweepGrid.Points(["a=1"]).ShouldHaveSingleItem().Name.ShouldBe("");

    [Fact]
    public void Commas_in_brackets_are_those_of_a_range() =>
        SweepGrid.Points(["data.alpha=[0.5,2],[1,2]"]).Select(point => point.Assignments.ShouldHaveSingleItem()).ShouldBe(["data.alpha=[0.5,2]", "data.alpha=[1,2]"]);

    [Theory]
    [InlineData("training.seed=1,2", "", "--set training.seed: --seeds N counts the seeds, from that of --seed on")]
    [InlineData("a=1,2", "a=3", "--set a: given twice; put its values into one list")]
    [InlineData("a=1,2", "a=3,4", "--set a: given twice; put its values into one list")]
    public void What_has_no_meaning_is_refused(string first, string second, string error) =>
        Should.Throw<ConfigurationException>(() => SweepGrid.Points(second.Length == 0 ? [first] : [first, second])).Message.ShouldBe(error);
}
