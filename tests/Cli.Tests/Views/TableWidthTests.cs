using MoeOrleans.Cli.Views;
using MoeOrleans.Reports.Groups;
using MoeOrleans.Reports.Statistics;
using Spectre.Console;

namespace MoeOrleans.Cli.Tests.Views;

/// <summary>Tables in a terminal of 80 columns: no line is longer, and no number is split.</summary>
public sealed class TableWidthTests
{
    private const int Narrow = 80;

    [Fact]
    public void Groups_list_their_settings_below_a_table_that_would_be_too_wide()
    {
        var text = Written(Narrow, console => GroupsTable.Write(console, plain: true, Groups(validation: false)));
        text.ShouldContain("80.00 (2.00)");
        text.ShouldContain("lower by 9.00 to 11.00");
        text.ShouldContain("1: kind mixture, experts 8, gate softmax");
        text.ShouldContain("No room for: time; training, %.");
    }

    [Fact]
    public void Groups_with_validation_fit_too()
    {
        var text = Written(Narrow, console => GroupsTable.Write(console, plain: true, Groups(validation: true)));
        text.ShouldContain("95.00 (2.00)");
        text.ShouldContain("No room for: time; training, %; 95 % interval.");
    }

    [Fact]
    public void Groups_have_a_column_for_each_setting_where_there_is_room()
    {
        var text = Written(200, console => GroupsTable.Write(console, plain: true, Groups(validation: false)));
        text.ShouldContain("| mixture | 8       | softmax |");
        text.ShouldNotContain("| row");
        text.ShouldNotContain("No room");
    }

    [Theory]
    [InlineData(1, 7_500, "7,500", "main expert |")]
    [InlineData(1, 75, "main expert | share", "of each cluster")]
    [InlineData(4, 7_500, "main expert | share", "7,500")]
    public void The_load_of_data_without_clusters_is_shown_before_the_main_expert(int clusters, int count, string shown, string left)
    {
        int[][] counts = [.. Enumerable.Repeat(Enumerable.Repeat(count, 8).ToArray(), clusters)];
        var text = Written(Narrow, console => DispatchTable.Write(console, plain: true, counts));
        text.ShouldContain(shown);
        text.ShouldNotContain(left);
    }

    private static RunGroup[] Groups(bool validation)
    {
        var sample = Sample.Of([78, 80, 82]);
        Sample? validated = validation ? Sample.Of([93, 95, 97]) : null;
        return [Group("mixture", "8", "lower by 9.00 to 11.00"), Group("single", "1", "best")];

        RunGroup Group(string kind, string experts, string verdict) => new(
            [new("model.kind", kind), new("model.experts", experts), new("routing.gate", "softmax"), new("routing.loadBalance", "0.3"), new("routing.balance", "switch")],
            ["a", "b", "c"], sample, validated, sample, DispatchEntropy: null, sample, Difference: null, verdict);
    }

    private static string Written(int width, Action<IAnsiConsole> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        write(console);
        var lines = text.ToString().Split('\n');
        lines.Where(line => line.Contains('|')).ShouldAllBe(line => line.TrimEnd().Length <= width);
        return text.ToString();
    }
}
