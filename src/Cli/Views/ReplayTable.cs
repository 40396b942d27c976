using MoeOrleans.Compute.Replay;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The largest errors of a replay in each precision, and its failures.</summary>
internal static class ReplayTable
{
    public static void Write(IReadOnlyList<ReplayReport> reports) => Consoles.WriteOutput((console, plain) =>
    {
        console.WriteLine($"replay of {reports[0].Case}");
        var table = new Table { Border = plain ? TableBorder.Ascii2 : TableBorder.Rounded };
        table.AddColumns("precision", "steps", "ended by", "largest loss error", "largest error of a change", "limit", "result");
        foreach (var report in reports)
        {
            table.AddRow(
                new Text(report.Precision),
                new Text(Format.Count(report.Steps)),
                new Text(report.StopReason.ToString().ToLowerInvariant()),
                new Text(Error(report.Loss)),
                new Text(Error(report.Change)),
                new Text(Format.Number(report.Limit, "0e+0")),
                report.Passed ? new Text("passed", new Style(Color.Green)) : new Text("failed", new Style(Color.Red)));
        }

        console.Write(table);
        foreach (var report in reports)
        {
            foreach (var failure in report.Failures) console.WriteLine($"{report.Precision}: {failure}");
        }
    });

    private static string Error(ReplayError error) =>
        error.Error == 0 ? "0" : $"{Format.Number(error.Error, "0.0e+0")} ({error.Tensor}, step {error.Step})";
}
