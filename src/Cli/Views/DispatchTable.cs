using System.Globalization;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>
/// How many samples of each cluster each expert received in the last training pass. Separate columns show a cluster's main expert and its
/// share, so that specialisation shows without colour too; where there is no room for all, data without clusters keep the counts, which are
/// the load, and others the main experts.
/// </summary>
internal static class DispatchTable
{
    // Wider and longer tables are hard to read.
    private const int MaxExperts = 16;
    private const int MaxClusters = 32;
    private const int Borders = 3;

    private const string ClusterTitle = "cluster";
    private const string MainTitle = "main expert";
    private const string ShareTitle = "share";

    private static readonly Style s_bold = new(decoration: Decoration.Bold);
    private static readonly Style s_main = new(Color.Green, decoration: Decoration.Bold);

    /// <summary>Writes the counts, clusters x experts, and when they were counted.</summary>
    public static void Write(IAnsiConsole console, bool plain, int[][] counts, string when = "last training pass")
    {
        // Data without known clusters have a single one.
        var of = counts.Length > 1 ? " of each cluster" : "";
        var experts = counts[0].Length;
        var mainWidth = MainTitle.Length + Borders + ShareTitle.Length + Borders;
        var countsWidth = 1 + ClusterTitle.Length + Borders + Enumerable.Range(0, experts).Sum(m => counts.Max(row => Math.Max(Format.Count(row[m]).Length, $"e{m}".Length)) + Borders);
        var wide = experts <= MaxExperts && countsWidth + (counts.Length > 1 ? mainWidth : 0) <= console.Profile.Width;
        var main = !wide || countsWidth + mainWidth <= console.Profile.Width;
        console.WriteLine(wide ? $"samples{of} at experts e0, e1, ...: {when}" : $"main expert{of}: {when}");
        var table = new Table { Border = plain ? TableBorder.Ascii2 : TableBorder.Rounded };
        table.AddColumn(ClusterTitle);
        if (wide)
        {
            for (var m = 0; m < experts; m++) table.AddColumn(Column($"e{m}"));
        }

        if (main)
        {
            table.AddColumn(Column(MainTitle));
            table.AddColumn(Column(ShareTitle));
        }

        for (var k = 0; k < Math.Min(counts.Length, MaxClusters); k++) table.AddRow(Row(counts.Length > 1 ? k.ToString(CultureInfo.InvariantCulture) : "all", counts[k], wide, main));
        console.Write(table);
        if (counts.Length > MaxClusters) console.WriteLine($"and {Format.Count(counts.Length - MaxClusters)} more clusters");
    }

    private static IEnumerable<Text> Row(string cluster, int[] counts, bool wide, bool main)
    {
        var (most, total) = (counts.Max(), counts.Sum(count => (long)count));
        var busiest = Array.IndexOf(counts, most);
        yield return new Text(cluster);
        if (wide)
        {
            for (var m = 0; m < counts.Length; m++) yield return new Text(Format.Count(counts[m]), m == busiest && most > 0 ? s_main : Style.Plain);
        }

        if (!main) yield break;
        yield return new Text(most == 0 ? "none" : $"e{busiest}", s_bold);
        yield return new Text(most == 0 ? "" : $"{Format.Number(100.0 * most / total, "0")} %", s_bold);
    }

    private static TableColumn Column(string title) => new TableColumn(title).RightAligned();
}
