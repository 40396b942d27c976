using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Reports.Findings;

/// <summary>Dispatch entropy over training of a mixture on a setting.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The experts' activation.</param>
/// <param name="Runs">How many runs; one that stops early holds its last value.</param>
/// <param name="Points">A point for each step.</param>
/// <param name="Comparisons">Beside the authors' listed epochs that ours reached; empty where nothing is published.</param>
/// <param name="LargestExcess">The largest excess of the comparisons; null without comparisons.</param>
/// <param name="Departures">Where the runs' specifications depart from the published variant; empty where they do not.</param>
public sealed record EntropyCurve(
    string Setting,
    Activation Activation,
    int Runs,
    IReadOnlyList<CurvePoint> Points,
    IReadOnlyList<CurveComparison> Comparisons,
    double? LargestExcess,
    IReadOnlyList<string> Departures);
