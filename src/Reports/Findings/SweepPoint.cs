using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>A value of a sweep, over its runs.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The experts' activation.</param>
/// <param name="Value">What the runs have in common: a number, or where the noise goes.</param>
/// <param name="Number">The value as a number, to be drawn; null for noise.</param>
/// <param name="Runs">How many runs.</param>
/// <param name="TestAccuracy">Test accuracy with one draw of noise, in percent.</param>
/// <param name="TestAccuracyWithoutNoise">Test accuracy without noise, in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy of the last step; ln K for one expert.</param>
/// <param name="Imbalance">Busiest expert's samples over the mean, in the last step.</param>
/// <param name="StepMilliseconds">Median time of a step, in milliseconds, on the machine of the runs.</param>
/// <param name="Each">The runs one by one.</param>
public sealed record SweepPoint(
    Sweep Sweep,
    Recipe Recipe,
    string Setting,
    Activation Activation,
    string Value,
    double? Number,
    int Runs,
    Sample TestAccuracy,
    Sample TestAccuracyWithoutNoise,
    Sample DispatchEntropy,
    Sample Imbalance,
    Sample StepMilliseconds,
    IReadOnlyList<SweepRun> Each);
