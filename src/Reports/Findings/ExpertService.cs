namespace MoeOrleans.Reports.Findings;

/// <summary>The cluster that an expert serves, by a run's last training dispatch.</summary>
/// <param name="Expert">The expert.</param>
/// <param name="Samples">The expert's samples.</param>
/// <param name="Cluster">The cluster of most of its samples, in whose set M_k it is; null without samples.</param>
/// <param name="FromCluster">Samples of that cluster.</param>
/// <param name="UnroutedAccuracy">The expert's accuracy on all test samples of that cluster, in percent; null without samples.</param>
internal sealed record ExpertService(int Expert, int Samples, int? Cluster, int FromCluster, double? UnroutedAccuracy);
