using System.Globalization;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>
/// How many samples of each cluster each expert received in the last training pass. Separate columns show a cluster's main expert and its
/// share, so that specialisation shows without colour too.
/// </summary>
internal static class DispatchTable
{
    // Wider and longer tables are hard to read.
    private const int MaxExperts = 16;
    private const int MaxClusters = 32;
    private const int ExpertWidth = 8;
    private const int OtherWidth = 34;

    private static readonly Style s_bold = new(decoration: Decoration.Bold);
    private static readonly Style s_main = new(Color.Green, decoration: Decoration.Bold);

    /// <summary>Writes the counts, clusters x experts, and when they were counted.</summary>
    public static void Write(IAnsiConsole console, bool plain, int[][] counts, string when = "last training pass")
    {
        // Data without known clusters have a single one.
        var of = counts.Length > 1 ? " of each cluster" : "";
        var experts = counts[0].Length;
        var wide = experts <= MaxExperts && (experts * ExpertWidth) + OtherWidth <= console.Profile.Width;
        console.WriteLine(wide ? $"samples{of} at experts e0, e1, ...: {when}" : $"main expert{of}: {when}");
        var table = new Table { Border = plain ? TableBorder.Ascii2 : TableBorder.Rounded };
        table.AddColumn("cluster");
        if (wide)
        {
            for (var m = 0; m < experts; m++) table.AddColumn(Column($"e{m}"));
        }

        table.AddColumn(Column("main expert"));
        table.AddColumn(Column("share"));
        for (var k = 0; k < Math.Min(counts.Length, MaxClusters); k++) table.AddRow(Row(counts.Length > 1 ? k.ToString(CultureInfo.InvariantCulture) : "all", counts[k], wide));
        console.Write(table);
        if (counts.Length > MaxClusters) console.WriteLine($"and {Format.Count(counts.Length - MaxClusters)} more clusters");
    }

    private static IEnumerable<Text> Row(string cluster, int[] counts, bool wide)
    {
        var (most, total) = (counts.Max(), counts.Sum(count => (long)count));
        var main = Array.IndexOf(counts, most);
        yield return new Text(cluster);
        if (wide)
        {
            for (var m = 0; m < counts.Length; m++) yield return new Text(Format.Count(counts[m]), m == main && most > 0 ? s_main : Style.Plain);
        }

        yield return new Text(most == 0 ? "none" : $"e{main}", s_bold);
        yield return new Text(most == 0 ? "" : $"{Format.Number(100.0 * most / total, "0")} %", s_bold);
    }

    private static TableColumn Column(string title) => new TableColumn(title).RightAligned();
}
