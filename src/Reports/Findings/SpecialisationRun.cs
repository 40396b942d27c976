namespace MoeOrleans.Reports.Findings;

/// <summary>Theorem 4.2 in one run.</summary>
/// <param name="Name">The run.</param>
/// <param name="Seed">Training seed.</param>
/// <param name="DataSeed">Data seed.</param>
/// <param name="TrainError">Training error of the last step, in percent.</param>
/// <param name="TestError">Test error with one draw of noise, in percent.</param>
/// <param name="TestErrorWithoutNoise">Test error without noise, in percent.</param>
/// <param name="DispatchCounts">The last training dispatch, clusters x experts.</param>
/// <param name="UnroutedAccuracy">Clusters x experts: every expert alone on every cluster's test samples, in percent.</param>
/// <param name="Experts">What each expert serves.</param>
/// <param name="ExpertSets">The experts' sets M_k, one for each cluster.</param>
/// <param name="EveryClusterServed">Whether no M_k is empty.</param>
/// <param name="LowestAccuracy">Smallest unrouted accuracy of an expert with samples on its cluster, in percent.</param>
/// <param name="Misdispatched">Share of training samples sent to an expert outside their cluster's M_k, in percent.</param>
internal sealed record SpecialisationRun(
    string Name,
    long Seed,
    long DataSeed,
    double TrainError,
    double TestError,
    double TestErrorWithoutNoise,
    int[][] DispatchCounts,
    double[][] UnroutedAccuracy,
    IReadOnlyList<ExpertService> Experts,
    int[][] ExpertSets,
    bool EveryClusterServed,
    double LowestAccuracy,
    double Misdispatched);
