using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>A row of the table: one model on one setting.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Model">Mixture or single model.</param>
/// <param name="Activation">Its activation.</param>
/// <param name="Filters">Filters for each output J.</param>
/// <param name="Kind">What differs between the runs.</param>
/// <param name="DataSeed">The data set's seed; null over data sets.</param>
/// <param name="Runs">Every run, by training seed and data seed.</param>
/// <param name="TestAccuracy">Test accuracy in percent, for mixtures with one draw of noise.</param>
/// <param name="TestAccuracyWithoutNoise">Test accuracy without noise, in percent.</param>
/// <param name="TrainAccuracy">Training accuracy in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy; null for single models.</param>
/// <param name="TestAccuracyAtSmallestLoss">Test accuracy of the weights of the smallest training loss; null if a run did not keep them.</param>
/// <param name="PublishedAccuracy">Comparison with the published test accuracy; null if none is published.</param>
/// <param name="PublishedEntropy">Comparison with the published dispatch entropy; null if none is published.</param>
/// <param name="Departures">Differences of the runs' specifications from the published recipe.</param>
internal sealed record TableRow(
    string Setting,
    ModelKind Model,
    Activation Activation,
    int Filters,
    RowKind Kind,
    long? DataSeed,
    IReadOnlyList<RunDot> Runs,
    Sample TestAccuracy,
    Sample TestAccuracyWithoutNoise,
    Sample TrainAccuracy,
    Sample? DispatchEntropy,
    Sample? TestAccuracyAtSmallestLoss,
    Comparison? PublishedAccuracy,
    Comparison? PublishedEntropy,
    IReadOnlyList<string> Departures);
