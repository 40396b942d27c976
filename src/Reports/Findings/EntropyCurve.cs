using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Reports.Findings;

/// <summary>Dispatch entropy over training of a mixture on a setting.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The experts' activation.</param>
/// <param name="Runs">Number of runs. A run that stops early keeps its last value.</param>
/// <param name="Points">A point for each step.</param>
/// <param name="Comparisons">Comparisons at the authors' listed epochs that our runs reached; empty if nothing is published.</param>
/// <param name="LargestExcess">The largest excess of the comparisons; null without comparisons.</param>
/// <param name="Departures">Differences of the runs' specifications from the published variant.</param>
internal sealed record EntropyCurve(
    string Setting,
    Activation Activation,
    int Runs,
    IReadOnlyList<CurvePoint> Points,
    IReadOnlyList<CurveComparison> Comparisons,
    double? LargestExcess,
    IReadOnlyList<string> Departures);
