using System.Collections.Immutable;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The result of an evaluation: with and without noise, confusion, dispatch, and each expert alone.</summary>
internal static class EvaluationTable
{
    public static void Write(ModelEvaluation evaluation, RunSpec spec) => Consoles.WriteOutput((console, plain) =>
    {
        var single = spec.Model.Experts == 1;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in Rows(evaluation, single)) grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));
        console.Write(grid);
        console.WriteLine();
        WriteConfusion(console, plain, evaluation.WithoutNoise, single, ClassNames.Of(spec.Data));
        if (single) return;
        console.WriteLine();
        DispatchTable.Write(console, plain, evaluation.WithNoise.Dispatch, "with one draw of router noise");
        console.WriteLine();
        WriteUnrouted(console, plain, evaluation.UnroutedAccuracy);
    });

    private static IEnumerable<(string Name, string Value)> Rows(ModelEvaluation evaluation, bool single)
    {
        var (with, without) = (evaluation.WithNoise, evaluation.WithoutNoise);
        yield return ("samples", Format.Count(evaluation.Samples));
        // A single model has no router, hence no noise and no dispatch.
        yield return ("accuracy", single ? Format.Percent(without.Accuracy) : $"{Format.Percent(with.Accuracy)} with router noise, {Format.Percent(without.Accuracy)} without");
        if (!single) yield return ("dispatch entropy", with.DispatchEntropy is { } entropy
            ? $"{Format.Number(entropy, "0.0000")} with router noise, {Format.Number(without.DispatchEntropy!.Value, "0.0000")} without (0: an expert serves one cluster; {Format.Number(Math.Log(evaluation.Clusters), "0.0000")}: no specialisation)"
            : "not known: the data have no clusters");
        yield return ("weights SHA-256", evaluation.WeightsSha256);
    }

    private static void WriteConfusion(IAnsiConsole console, bool plain, RoutedEvaluation evaluation, bool single, ImmutableArray<string> names)
    {
        console.WriteLine($"samples of each class (rows) by the class predicted (columns){(single ? "" : ", without router noise")}");
        var table = Tables.Create(plain, ["class"], [.. evaluation.Confusion.Select((_, c) => $"{c}")]);
        foreach (var (c, row) in evaluation.Confusion.Index()) table.AddRow([Markup.Escape(c < names.Length ? $"{c} {names[c]}" : $"{c}"), .. row.Select(count => Format.Count(count))]);
        console.Write(table);
    }

    private static void WriteUnrouted(IAnsiConsole console, bool plain, double?[][] accuracy)
    {
        console.WriteLine("accuracy of each expert alone, in percent: the best expert of each cluster");
        var table = Tables.Create(plain, ["cluster"], "best expert", "accuracy", "mean of the others");
        foreach (var (k, row) in accuracy.Index())
        {
            var best = Array.IndexOf(row, row.Max());
            table.AddRow(
                accuracy.Length > 1 ? $"{k}" : "all",
                row[best] is null ? "no samples" : $"e{best}",
                row[best] is { } most ? Format.Number(most, "0.00") : "",
                row[best] is null ? "" : Format.Number(row.Where((_, m) => m != best).Average()!.Value, "0.00"));
        }

        console.Write(table);
    }
}
