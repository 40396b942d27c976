using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>One value of a sweep and its runs.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The experts' activation.</param>
/// <param name="Value">The value that the runs share: a number, or the places that the noise is added to.</param>
/// <param name="Number">The value as a number, for figures; null for noise.</param>
/// <param name="Runs">Number of runs.</param>
/// <param name="TestAccuracy">Test accuracy with one draw of noise, in percent.</param>
/// <param name="TestAccuracyWithoutNoise">Test accuracy without noise, in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy of the last step; ln K for one expert.</param>
/// <param name="Imbalance">Busiest expert's samples over the mean, in the last step.</param>
/// <param name="StepMilliseconds">Median time of a step, in milliseconds, on the machine of the runs.</param>
/// <param name="Each">The runs one by one.</param>
internal sealed record SweepPoint(
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
