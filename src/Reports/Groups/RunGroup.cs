using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Groups;

/// <summary>Runs that differ in their seeds alone.</summary>
/// <param name="Values">Path and value of each field in which the groups differ.</param>
/// <param name="Runs">Names of the runs.</param>
/// <param name="TestAccuracy">Test accuracy in percent.</param>
/// <param name="ValidationAccuracy">Validation accuracy in percent; null if a run has none.</param>
/// <param name="TrainAccuracy">Training accuracy in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy in nats; null without a router or without clusters.</param>
/// <param name="WallSeconds">Time of a run in seconds.</param>
/// <param name="Difference">
/// Accuracy minus that of the best group in percentage points: validation accuracy if all runs have it, otherwise test accuracy. Null for the
/// best one.
/// </param>
/// <param name="Verdict">What the runs say of it, in words.</param>
internal sealed record RunGroup(
    IReadOnlyList<GroupValue> Values, IReadOnlyList<string> Runs, Sample TestAccuracy, Sample? ValidationAccuracy, Sample TrainAccuracy, Sample? DispatchEntropy, Sample WallSeconds, WelchInterval? Difference, string Verdict);

/// <summary>The value of a field.</summary>
/// <param name="Path">Path of the field.</param>
/// <param name="Value">Its value in words.</param>
internal sealed record GroupValue(string Path, string Value);
