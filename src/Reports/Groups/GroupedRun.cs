using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Reports.Groups;

/// <summary>A finished run, to be compared with others.</summary>
/// <param name="Name">Its name or folder.</param>
/// <param name="Spec">Its specification.</param>
/// <param name="Summary">Its result.</param>
/// <param name="ValidationAccuracy">Validation accuracy in percent, of the weights that the run ends with; null without validation samples.</param>
internal sealed record GroupedRun(string Name, RunSpec Spec, RunSummary Summary, double? ValidationAccuracy = null)
{
    /// <summary>A run with its last evaluation.</summary>
    /// <param name="name">Its name or folder.</param>
    /// <param name="spec">Its specification.</param>
    /// <param name="record">Its record.</param>
    public static GroupedRun Of(string name, RunSpec spec, RunRecord record) =>
        new(name, spec, record.Summary, record.Steps.LastOrDefault(step => step.Evaluation?.ValidationAccuracy is not null)?.Evaluation?.ValidationAccuracy);
}
