using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Records;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The summary of a run, and which expert served which cluster.</summary>
internal static class SummaryTable
{
    public static void Write(RunSummary summary, RunSpec spec, string? folder) => Consoles.WriteOutput((console, plain) =>
    {
        if (!plain) console.WriteLine();
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in Rows(summary, spec, folder)) grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));
        console.Write(grid);
        if (spec.Model.Experts == 1) return;
        console.WriteLine();
        DispatchTable.Write(console, plain, summary.DispatchCounts, summary.MeasuredSteps > 1 ? "last epoch" : "last training pass");
    });

    private static IEnumerable<(string Name, string Value)> Rows(RunSummary summary, RunSpec spec, string? folder)
    {
        yield return ("run", summary.RunId);
        yield return ("ended", RunEnd.Of(spec, summary));
        var over = summary.MeasuredSteps > 1 ? $", mean of the last {Format.Count(summary.MeasuredSteps)} steps" : "";
        yield return ("loss", $"{Format.Number(summary.FinalLoss, "0.000000")}{over}");
        yield return ("training accuracy", $"{Format.Percent(summary.TrainAccuracy)}{over}");
        // A single model has no router, hence no noise and no dispatch.
        if (spec.Model.Experts == 1 || spec.Routing.Noise == NoiseKind.Off)
            yield return ("test accuracy", Format.Percent(summary.TestAccuracy));
        else
            yield return ("test accuracy", $"{Format.Percent(summary.TestAccuracy)} with router noise, {Format.Percent(summary.TestAccuracyWithoutNoise)} without");
        if (summary.BestLoss is { } best)
            yield return AtBest(best);
        // ln K is the entropy if every expert serves all clusters alike.
        if (spec.Model.Experts > 1) yield return ("dispatch entropy", spec.Data.Clusters == 1 ? "not known: the data have no clusters" : $"{Format.Number(summary.DispatchEntropy, "0.0000")} (0: an expert serves one cluster; {Format.Number(Math.Log(spec.Data.Clusters), "0.0000")}: no specialisation)");
        // Summaries of earlier versions have no such figures.
        var load = ExpertLoad.Of(summary.DispatchCounts);
        if (load.MutualInformation is { } information && spec.Model.Experts > 1)
            yield return ("mutual information", $"{Format.Number(information, "0.0000")} of cluster and expert (0: no specialisation)");
        if (spec.Model.Experts > 1)
            yield return ("experts", $"{Format.Count(load.Live)} of {Format.Count(spec.Model.Experts)} live; entropy of the load {Format.Number(load.Entropy, "0.0000")} (even: {Format.Number(Math.Log(spec.Model.Experts), "0.0000")})");
        yield return ("time", $"{Format.Duration(TimeSpan.FromSeconds(summary.WallSeconds))}, {Format.Number(summary.StepMillisecondsMedian, "0.00")} ms a step (median), {Format.Number(100 * summary.ComputeShare, "0")} % of the threads' time in compute");
        yield return ("spread", $"{Of(summary.Silos, "silo")}, {Of(summary.Shards, "shard")}, {Of(summary.Threads, "thread")}");
        if (summary.Recoveries > 0) yield return ("recoveries", Format.Count(summary.Recoveries));
        yield return ("weights SHA-256", summary.WeightsSha256);
        if (folder is not null) yield return ("files", folder);
    }

    internal static (string Name, string Value) AtBest(BestLossSummary best) => best.ValidationLoss is { } loss
        ? ("at the smallest validation loss", $"test accuracy {Format.Percent(best.TestAccuracy)}, validation accuracy {Format.Percent(best.ValidationAccuracy!.Value)}, validation loss {Format.Number(loss, "0.000000")}, after {Format.Count(best.Step)} steps")
        : ("at the smallest loss", $"test accuracy {Format.Percent(best.TestAccuracy)}, training accuracy {Format.Percent(best.TrainAccuracy)}, loss {Format.Number(best.Loss, "0.000000")}, step {Format.Count(best.Step)}");

    private static string Of(int count, string thing) => $"{Format.Count(count)} {thing}{(count == 1 ? "" : "s")}";
}
