using MoeOrleans.Cli.Reproduce;
using MoeOrleans.Reports.Plan;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The plan of a reproduction, on standard error: runs and expected time of each part.</summary>
internal static class PlanTable
{
    /// <param name="plan">All runs.</param>
    /// <param name="todo">The remaining runs.</param>
    /// <param name="costs">The expected time of the runs.</param>
    public static void Write(IReadOnlyList<PlannedRun> plan, IReadOnlyList<PlannedRun> todo, StepCosts costs)
    {
        var table = new Table().Border(Console.IsErrorRedirected ? TableBorder.Ascii : TableBorder.Rounded);
        foreach (var title in (string[])["part", "runs", "done before", "expected time"]) table.AddColumn(new TableColumn(title) { Alignment = title == "part" ? Justify.Left : Justify.Right });
        foreach (var (part, _) in ReproductionPlan.Parts)
        {
            // A run that several parts need is counted in the first of them.
            var runs = plan.Where(run => run.Parts[0] == part).ToArray();
            if (runs.Length == 0) continue;
            var left = todo.Where(run => run.Parts[0] == part).ToArray();
            table.AddRow(part, Format.Count(runs.Length), Format.Count(runs.Length - left.Length), Time(left, costs));
        }

        table.AddRow("all", Format.Count(plan.Count), Format.Count(plan.Count - todo.Count), Time(todo, costs));
        Consoles.Note(console => console.Write(table));
    }

    private static string Time(IEnumerable<PlannedRun> runs, StepCosts costs) => Format.Duration(TimeSpan.FromSeconds(runs.Sum(run => costs.Seconds(run.Spec))));
}
