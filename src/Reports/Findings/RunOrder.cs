using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>The order of rows and runs: it depends on what the runs are, not on the order in which they ended.</summary>
internal static class RunOrder
{
    /// <summary>The runs of a part, by setting as published, single models first, then as their specifications say.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="parts">The parts; a run of several of them comes once.</param>
    public static IEnumerable<LabelledRun> Of(IEnumerable<LabelledRun> runs, params string[] parts) => runs
        .Where(run => run.Parts.Any(parts.Contains))
        .OrderBy(run => Index(Presets.Settings, run.Run.Spec.Data.Setting))
        .ThenByDescending(run => run.Run.Spec.Model.Kind)
        .ThenBy(run => run.Run.Spec.Model.Filters)
        .ThenBy(run => Index(Activation.All, run.Run.Spec.Model.Activation))
        .ThenBy(run => run.Run.Spec.Data.Seed)
        .ThenBy(run => run.Run.Spec.Training.Seed)
        .ThenBy(run => run.Name, StringComparer.Ordinal);

    private static int Index<T>(IReadOnlyList<T> all, T one)
        where T : class => all.Index().First(item => Equals(item.Item, one)).Index;
}
