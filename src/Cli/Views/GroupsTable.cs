using MoeOrleans.Reports.Groups;
using MoeOrleans.Reports.Statistics;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>Groups of runs, each with its mean, deviation and interval, and how it compares with the best one.</summary>
internal static class GroupsTable
{
    /// <summary>Writes a row for each group; fields in which all agree are not shown.</summary>
    public static void Write(IReadOnlyList<RunGroup> groups) => Consoles.WriteOutput((console, plain) =>
    {
        string[] fields = [.. groups[0].Values.Select(value => value.Path)];
        var validation = groups.All(group => group.ValidationAccuracy is not null);
        var entropy = groups.Any(group => group.DispatchEntropy is not null);
        var table = Tables.Create(plain, fields.Select(Short), ["runs", .. validation ? (string[])["validation, %"] : [], "test, %", "95 % interval", "training, %", .. entropy ? (string[])["entropy"] : [], "time"]);
        if (groups.Count > 1) table.AddColumn("against the best");
        foreach (var group in groups)
        {
            table.AddRow(
            [
                .. group.Values.Select(value => new Text(value.Value)),
                new Text(Format.Count(group.Runs.Count)),
                .. validation ? (Text[])[new Text(MeanAndDeviation(group.ValidationAccuracy!))] : [],
                new Text(MeanAndDeviation(group.TestAccuracy)),
                new Text(group.TestAccuracy.Mean95 is { } interval ? $"{Format.Number(interval.Low, "0.00")} to {Format.Number(interval.High, "0.00")}" : ""),
                new Text(MeanAndDeviation(group.TrainAccuracy)),
                .. entropy ? (Text[])[new Text(group.DispatchEntropy is { } sample ? Format.Number(sample.Mean, "0.000") : "")] : [],
                new Text(Format.Duration(TimeSpan.FromSeconds(group.WallSeconds.Mean))),
                .. groups.Count > 1 ? (Text[])[new Text(group.Verdict)] : [],
            ]);
        }

        console.Write(table);
        if (groups.Count > 1) console.WriteLine($"Means and sample deviations over seeds; the best by {(validation ? "validation" : "test")} accuracy; differences in percentage points with 95 % intervals (Welch), not corrected for the number of rows.");

        // The path without its group, unless two fields then have one name.
        string Short(string path)
        {
            var name = path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..];
            return fields.Count(other => other.EndsWith($".{name}", StringComparison.Ordinal)) == 1 ? name : path;
        }
    });

    private static string MeanAndDeviation(Sample sample) =>
        sample.SampleDeviation is { } deviation ? $"{Format.Number(sample.Mean, "0.00")} ({Format.Number(deviation, "0.00")})" : Format.Number(sample.Mean, "0.00");
}
