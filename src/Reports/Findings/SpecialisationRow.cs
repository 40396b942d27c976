using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Theorem 4.2 by a recipe: a mixture on a setting, over its runs.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The experts' activation.</param>
/// <param name="Runs">Every run.</param>
/// <param name="TrainError">Training error in percent.</param>
/// <param name="TestError">Test error with noise, in percent.</param>
/// <param name="TestErrorWithoutNoise">Test error without noise, in percent.</param>
/// <param name="LowestAccuracy">Smallest unrouted accuracy of an expert with samples on its cluster, in percent.</param>
/// <param name="Misdispatched">Share of training samples sent to an expert of another cluster, in percent.</param>
/// <param name="EveryClusterServed">Whether no M_k is empty, in every run.</param>
/// <param name="EveryExpertAccurate">Whether every expert with samples is above <see cref="AccurateAbove"/> on its cluster, in every run.</param>
/// <param name="Departures">Differences of the runs' specifications from the recipe.</param>
internal sealed record SpecialisationRow(
    Recipe Recipe,
    string Setting,
    Activation Activation,
    IReadOnlyList<SpecialisationRun> Runs,
    Sample TrainError,
    Sample TestError,
    Sample TestErrorWithoutNoise,
    Sample LowestAccuracy,
    Sample Misdispatched,
    bool EveryClusterServed,
    bool EveryExpertAccurate,
    IReadOnlyList<string> Departures)
{
    /// <summary>An expert above this accuracy on its cluster, in percent, is called accurate.</summary>
    public const double AccurateAbove = 99;
}
