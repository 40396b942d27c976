namespace MoeOrleans.Reports.Findings;

/// <summary>What an expert serves by a run's last training dispatch.</summary>
/// <param name="Expert">The expert.</param>
/// <param name="Samples">Samples that it got.</param>
/// <param name="Cluster">The cluster k whose set M_k it is in: the one it gets most of its samples from; null without samples.</param>
/// <param name="FromCluster">Samples of that cluster.</param>
/// <param name="UnroutedAccuracy">The expert's accuracy on all test samples of that cluster, in percent; null without samples.</param>
public sealed record ExpertService(int Expert, int Samples, int? Cluster, int FromCluster, double? UnroutedAccuracy);
