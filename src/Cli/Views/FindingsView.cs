using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Statistics;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The findings of a reproduction: on a terminal one table and the verdicts, otherwise all tables in Markdown.</summary>
internal static class FindingsView
{
    public static void Write(ReproductionFindings findings)
    {
        if (Console.IsOutputRedirected)
            Console.Out.Write(FindingsTables.All(findings));
        else
            Consoles.WriteOutput((console, _) => WriteShort(console, findings));
    }

    private static void WriteShort(IAnsiConsole console, ReproductionFindings findings)
    {
        if (findings.Table.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("setting", "model", "runs", "test accuracy, %", "published", "dispatch entropy", "published");
            foreach (var row in findings.Table)
            {
                table.AddRow(
                    row.Setting, ModelNames.Of(row.Model, row.Activation, row.Filters), $"{row.Runs.Count}, {ModelNames.Of(row.Kind)}",
                    Sample(row.TestAccuracy, "0.00"), Published(row.PublishedAccuracy, "0.00"),
                    row.DispatchEntropy is { } entropy ? Sample(entropy, "0.000") : "", Published(row.PublishedEntropy, "0.000"));
            }

            console.Write(table);
        }

        var missed = findings.Verdicts.Where(verdict => !verdict.Holds).ToArray();
        console.MarkupLineInterpolated($"[bold]{findings.Verdicts.Count - missed.Length} of {findings.Verdicts.Count} claims are borne out[/]");
        foreach (var verdict in missed)
            console.MarkupLineInterpolated($"[yellow]not borne out[/] {verdict.Claim} ({verdict.Subject}): expected {verdict.Expected}, measured {verdict.Measured}{(verdict.Note.Length > 0 ? $"; {verdict.Note}" : "")}");
    }

    private static string Sample(Sample sample, string format) =>
        sample.Count == 1 ? Format.Number(sample.Mean, format) : $"{Format.Number(sample.Mean, format)} +- {Format.Number(sample.PopulationDeviation, format)}";

    private static string Published(Comparison? comparison, string format) => comparison?.Published switch
    {
        null => "",
        { PopulationDeviation: { } deviation } value => $"{Format.Number(value.Value, format)} +- {Format.Number(deviation, format)}",
        var value => Format.Number(value.Value, format),
    };
}
