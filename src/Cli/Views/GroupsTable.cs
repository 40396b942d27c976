using MoeOrleans.Reports.Groups;
using MoeOrleans.Reports.Statistics;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>Groups of runs, each with its mean, deviation and interval, and how it compares with the best one.</summary>
internal static class GroupsTable
{
    // What is left out first where there is no room.
    private static readonly string[] s_leastImportant = [Time, Training, Entropy, Interval];

    private const string Time = "time";
    private const string Training = "training, %";
    private const string Entropy = "entropy";
    private const string Interval = "95 % interval";

    /// <summary>
    /// Writes a row for each group; fields in which all agree are not shown. Where there is no room, fields are listed below the table, and
    /// then some columns are left out.
    /// </summary>
    public static void Write(IReadOnlyList<RunGroup> groups) => Consoles.WriteOutput((console, plain) => Write(console, plain, groups));

    /// <inheritdoc cref="Write(IReadOnlyList{RunGroup})"/>
    internal static void Write(IAnsiConsole console, bool plain, IReadOnlyList<RunGroup> groups)
    {
        string[] fields = [.. groups[0].Values.Select(value => value.Path)];
        var compares = groups.Any(group => group.Verdict.Length > 0);
        List<(string Title, string[] Cells)> settings = [.. fields.Select((path, f) => (Short(path), groups.Select(group => group.Values[f].Value).ToArray()))];
        List<(string Title, string[] Cells)> figures = [.. Figures(groups, compares)];
        var isListed = Width([.. settings, .. figures]) > console.Profile.Width;
        var texts = isListed ? [("row", [.. Enumerable.Range(1, groups.Count).Select(row => $"{row}")])] : settings;
        List<string> omitted = [.. s_leastImportant.Where(title => figures.Any(figure => figure.Title == title)).TakeWhile(title =>
        {
            if (Width([.. texts, .. figures]) <= console.Profile.Width) return false;
            figures.RemoveAll(figure => figure.Title == title);
            return true;
        })];
        var table = Tables.Create(plain, texts.Select(text => text.Title), figures.Select(figure => figure.Title));
        for (var row = 0; row < groups.Count; row++) table.AddRow([.. texts.Concat(figures).Select(column => new Text(column.Cells[row]))]);
        console.Write(table);
        for (var row = 0; isListed && row < groups.Count; row++) console.WriteLine($"{row + 1}: {string.Join(", ", settings.Select(field => $"{field.Title} {field.Cells[row]}"))}");
        if (omitted.Count > 0) console.WriteLine($"No room for: {string.Join("; ", omitted)}. A wider terminal and --json have them.");
        if (compares) console.WriteLine($"Means and sample deviations over seeds; the best by {(groups.All(group => group.ValidationAccuracy is not null) ? "validation" : "test")} accuracy; differences in percentage points with 95 % intervals (Welch), not corrected for the number of rows.");

        // The path without its group, unless two fields then have one name.
        string Short(string path)
        {
            var name = path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..];
            return fields.Count(other => other.EndsWith($".{name}", StringComparison.Ordinal)) == 1 ? name : path;
        }
    }

    private static IEnumerable<(string Title, string[] Cells)> Figures(IReadOnlyList<RunGroup> groups, bool compares)
    {
        yield return Column("runs", group => Format.Count(group.Runs.Count));
        if (groups.All(group => group.ValidationAccuracy is not null)) yield return Column("validation, %", group => MeanAndDeviation(group.ValidationAccuracy!));
        yield return Column("test, %", group => MeanAndDeviation(group.TestAccuracy));
        yield return Column(Interval, group => group.TestAccuracy.Mean95 is { } interval ? $"{Format.Number(interval.Low, "0.00")} to {Format.Number(interval.High, "0.00")}" : "");
        yield return Column(Training, group => MeanAndDeviation(group.TrainAccuracy));
        if (groups.Any(group => group.DispatchEntropy is not null)) yield return Column(Entropy, group => group.DispatchEntropy is { } sample ? Format.Number(sample.Mean, "0.000") : "");
        yield return Column(Time, group => Format.Duration(TimeSpan.FromSeconds(group.WallSeconds.Mean)));
        if (compares) yield return Column("against the best", group => group.Verdict);

        (string, string[]) Column(string title, Func<RunGroup, string> cell) => (title, [.. groups.Select(cell)]);
    }

    // A column has a border and a space on each side.
    private static int Width(IReadOnlyList<(string Title, string[] Cells)> columns) =>
        1 + columns.Sum(column => Math.Max(column.Title.Length, column.Cells.Max(cell => cell.Length)) + 3);

    private static string MeanAndDeviation(Sample sample) =>
        sample.SampleDeviation is { } deviation ? $"{Format.Number(sample.Mean, "0.00")} ({Format.Number(deviation, "0.00")})" : Format.Number(sample.Mean, "0.00");
}
