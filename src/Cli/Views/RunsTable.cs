using MoeOrleans.Runs.Status;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The runs of a cluster.</summary>
internal static class RunsTable
{
    public static void Write(IReadOnlyList<QueueEntry> runs) => Consoles.WriteOutput((console, plain) =>
    {
        if (runs.Count == 0)
        {
            console.WriteLine("no runs");
            return;
        }

        var hasNames = runs.Any(run => run.Name is not null);
        var table = new Table { Border = plain ? TableBorder.Ascii2 : TableBorder.Rounded };
        table.AddColumn(new TableColumn("run").NoWrap());
        if (hasNames) table.AddColumn("name");
        table.AddColumn("state").AddColumn(new TableColumn("steps").RightAligned()).AddColumn("submitted").AddColumn("spread");
        foreach (var run in runs)
        {
            table.AddRow(
            [
                new Text(run.RunId),
                .. hasNames ? (Text[])[new Text(run.Name ?? "")] : [],
                new Text(State(run)),
                new Text($"{Format.Count(run.StepsDone)}/{Format.Count(run.Steps)}"),
                new Text(run.Submitted.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)),
                new Text($"{run.Deployment.Silos} x {run.Deployment.Threads} threads, {run.Deployment.Shards} {(run.Deployment.Shards == 1 ? "shard" : "shards")}, by {run.Deployment.Dispatch.ToString().ToLowerInvariant()}"),
            ]);
        }

        console.Write(table);
        foreach (var run in runs.Where(run => run.Error is not null)) console.WriteLine($"{run.RunId}: {run.Error}");
    });

    /// <summary>A run's state in words.</summary>
    public static string State(QueueEntry run) => run.State == QueueEntryState.Queued && run.Ahead > 0 ? Format.Queued(run.Ahead) : run.State.ToString().ToLowerInvariant();
}
