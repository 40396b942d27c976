using MoeOrleans.Compute.Recording;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>How samples wander between experts: by step, from first to last, and by cluster.</summary>
internal static class RoutingTable
{
    // About a screen of lines, and of columns.
    private const int MaxSteps = 24;
    private const int MaxExperts = 16;

    public static void Write(RoutingView view) => Consoles.WriteOutput((console, plain) =>
    {
        WriteSteps(console, plain, view.Steps);
        console.WriteLine();
        if (view.Experts <= MaxExperts) WriteMatrix(console, plain, view);
        else console.WriteLine($"{Format.Count(view.Experts)} experts: --json has the matrix of their samples");
        if (view.Clusters.Count == 0) return;
        console.WriteLine();
        WriteClusters(console, plain, view.Clusters);
    });

    private static void WriteSteps(IAnsiConsole console, bool plain, IReadOnlyList<StepMoves> steps)
    {
        var shown = Math.Min(MaxSteps, steps.Count);
        console.WriteLine($"{Format.Count(steps.Count)} recorded steps{(shown < steps.Count ? $", {shown} of them below; --json has all" : "")}");
        var table = Tables.Create(plain, [], "step", "samples", "changed expert since the record before", "largest expert", "its samples");
        for (var i = 0; i < shown; i++)
        {
            var step = steps[shown == 1 ? 0 : (int)((long)i * (steps.Count - 1) / (shown - 1))];
            var largest = Largest(step.ExpertSamples);
            table.AddRow(
                new Text(Format.Count(step.Step)), new Text(Format.Count(step.Samples)), new Text(step.ChangedShare is { } share ? Format.Percent(100 * share) : ""),
                new Text($"{largest}"), new Text(Format.Count(step.ExpertSamples[largest])));
        }

        console.Write(table);
    }

    private static void WriteMatrix(IAnsiConsole console, bool plain, RoutingView view)
    {
        var (all, stayed) = (view.FirstToLast.Sum(row => (long)row.Sum()), view.FirstToLast.Select((row, m) => (long)row[m]).Sum());
        console.WriteLine($"samples from their first recorded expert (row) to their last (column); {Format.Percent(all == 0 ? 0 : 100.0 * (all - stayed) / all)} changed");
        var table = Tables.Create(plain, ["first \\ last"], Enumerable.Range(0, view.Experts).Select(m => $"{m}"));
        foreach (var (m, row) in view.FirstToLast.Index()) table.AddRow([new Text($"{m}"), .. row.Select(count => new Text(Format.Count(count)))]);
        console.Write(table);
    }

    private static void WriteClusters(IAnsiConsole console, bool plain, IReadOnlyList<ClusterMoves> clusters)
    {
        console.WriteLine("clusters: the expert with most of a cluster's samples, at first and at last");
        var table = Tables.Create(plain, [], "cluster", "samples", "changed", "first expert", "its share", "last expert", "its share");
        foreach (var cluster in clusters)
        {
            var (first, last) = (Largest(cluster.First), Largest(cluster.Last));
            table.AddRow(
                new Text($"{cluster.Cluster}"), new Text(Format.Count(cluster.Samples)), Share(cluster.Changed),
                new Text($"{first}"), Share(cluster.First[first]), new Text($"{last}"), Share(cluster.Last[last]));

            Text Share(int samples) => new(Format.Percent(cluster.Samples == 0 ? 0 : 100.0 * samples / cluster.Samples));
        }

        console.Write(table);
    }

    private static int Largest(IReadOnlyList<int> counts) => counts.Index().MaxBy(expert => expert.Item).Index;
}
