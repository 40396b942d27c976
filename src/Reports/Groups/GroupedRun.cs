using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Reports.Groups;

/// <summary>A finished run, to be compared with others.</summary>
/// <param name="Name">Its name or folder.</param>
/// <param name="Spec">Its specification.</param>
/// <param name="Summary">Its result.</param>
internal sealed record GroupedRun(string Name, RunSpec Spec, RunSummary Summary);
