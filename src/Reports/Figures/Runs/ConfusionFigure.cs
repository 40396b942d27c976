using System.Globalization;
using MoeOrleans.Compute.Data;
using MoeOrleans.Reports.Figures.Drawing;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Test samples of each class by the class predicted.</summary>
internal static class ConfusionFigure
{
    private const int Most = 32;
    private const int MostWithText = 16;
    private const int LongestName = 18;

    /// <returns>Null for generated data.</returns>
    public static Figure? Of(FinishedRun run)
    {
        if (run.Analysis.Confusion is not { } all) return null;
        var names = ClassNames.Of(run.Spec.Data);
        var count = Math.Min(all.Length, Most);
        var (cell, hasText) = all.Length > MostWithText ? (24, false) : (62, true);
        double[][] shade = [.. all.Take(count).Select(row => row.Take(count).Select(samples => (double)samples / Math.Max(1, row.Sum())).ToArray())];
        string[][]? text = hasText ? [.. all.Take(count).Select(row => row.Take(count).Select(samples => samples.ToString("#,0", CultureInfo.InvariantCulture)).ToArray())] : null;
        string[] columns = [.. Enumerable.Range(0, count).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        string[] rows = [.. columns.Select((column, c) => c < names.Length ? $"{column} {Short(names[c])}" : column)];
        var map = HeatMap.Draw("", shade, text, rows, columns, (r, c) => r == c, ("predicted class", "class"));
        var width = Math.Max(320, (names.IsEmpty ? 90 : 210) + (cell * count));
        var height = 70 + ((hasText ? 34 : 24) * count);
        var right = Enumerable.Range(0, all.Length).Sum(c => (long)all[c][c]);
        return new FigureSheet(width, height).Add(map, 0, 0, width, height).Draw(
            "confusion", "Test samples by class and predicted class",
            Invariant($"Test samples of each class (rows) by the class that the model predicts without router noise; frames mark the samples that are right, {right:#,0} of {all.Sum(row => row.Sum(samples => (long)samples)):#,0}. The darker a cell, the larger its share of the class.")
            + ShownExperts.Omitted(count, all.Length, "classes", "the first"));
    }

    private static string Short(string name) => name.Length <= LongestName ? name : $"{name[..(LongestName - 1)]}…";
}
