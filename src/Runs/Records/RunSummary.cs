using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Records;

/// <summary>The result of a run: summary.json, a stable contract (camelCase). Accuracies are in percent.</summary>
/// <param name="RunId">The run.</param>
/// <param name="SpecHash">SHA-256 of the specification.</param>
/// <param name="NumericsVersion">Version of the numerics.</param>
/// <param name="Seed">Training seed.</param>
/// <param name="DataSeed">Data seed.</param>
/// <param name="Steps">Steps done, a stopping one included.</param>
/// <param name="StopStep">The step at which the stop rule ended the run, or null.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="FinalLoss">Loss over <see cref="MeasuredSteps"/>.</param>
/// <param name="TrainAccuracy">Training accuracy over <see cref="MeasuredSteps"/>.</param>
/// <param name="TestAccuracy">Test accuracy with one draw of noise.</param>
/// <param name="TestAccuracyWithoutNoise">Test accuracy without noise.</param>
/// <param name="DispatchEntropy">Dispatch entropy over <see cref="MeasuredSteps"/>, before their updates.</param>
/// <param name="DispatchCounts">Their dispatch, clusters x experts.</param>
/// <param name="WeightsSha256">SHA-256 of the final weights' little-endian bytes: router, then experts in order.</param>
/// <param name="Silos">Silos.</param>
/// <param name="Shards">Shards.</param>
/// <param name="Threads">Compute threads of a silo.</param>
/// <param name="Dispatch">How samples travelled.</param>
/// <param name="WallSeconds">Time of the run, without starting and stopping silos.</param>
/// <param name="StepMillisecondsMedian">Median time of a step.</param>
/// <param name="ComputeShare">Time on compute lanes over the time their threads had during training.</param>
/// <param name="Recoveries">How often the run recovered from a failure by restarting from step 0.</param>
/// <param name="BestLoss">The weights of the smallest training loss, or null if the specification does not ask for them.</param>
[GenerateSerializer, Immutable, Alias("moe.RunSummary.v1")]
public sealed record RunSummary(
    [property: Id(0)] string RunId,
    [property: Id(1)] string SpecHash,
    [property: Id(2)] int NumericsVersion,
    [property: Id(3)] long Seed,
    [property: Id(4)] long DataSeed,
    [property: Id(5)] long Steps,
    [property: Id(6)] long? StopStep,
    [property: Id(7)] StopReason StopReason,
    [property: Id(8)] double FinalLoss,
    [property: Id(9)] double TrainAccuracy,
    [property: Id(10)] double TestAccuracy,
    [property: Id(11)] double TestAccuracyWithoutNoise,
    [property: Id(12)] double DispatchEntropy,
    [property: Id(13)] int[][] DispatchCounts,
    [property: Id(14)] string WeightsSha256,
    [property: Id(15)] int Silos,
    [property: Id(16)] int Shards,
    [property: Id(17)] int Threads,
    [property: Id(18)] DispatchMode Dispatch,
    [property: Id(19)] double WallSeconds,
    [property: Id(20)] double StepMillisecondsMedian,
    [property: Id(21)] double ComputeShare,
    [property: Id(22)] int Recoveries,
    [property: Id(23)] BestLossSummary? BestLoss)
{
    /// <summary>The name that the run was submitted under; null for none.</summary>
    [Id(24)]
    public string? Name { get; init; }

    /// <summary>
    /// The last steps that loss, training accuracy, entropy and dispatch were measured over. 1 with full batches: the last forward pass. With
    /// minibatches the last whole epoch, or all steps of a run that has none: each sample counts with the weights that its step began with.
    /// </summary>
    [Id(25)]
    public long MeasuredSteps { get; init; } = 1;

    /// <summary>Experts that get more than a share of 1/(4M) of the samples of <see cref="DispatchCounts"/>.</summary>
    [Id(30)]
    public int LiveExperts { get; init; }

    /// <summary>Entropy of the experts' shares in <see cref="DispatchCounts"/>, natural logarithm: 0 if one expert gets all samples, ln M if all get the same.</summary>
    [Id(31)]
    public double LoadEntropy { get; init; }

    /// <summary>Mutual information of cluster and expert in <see cref="DispatchCounts"/>, natural logarithm; null if clusters are not known.</summary>
    [Id(32)]
    public double? MutualInformation { get; init; }
}
