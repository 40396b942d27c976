namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>What is known of a run from its start, for telemetry.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="Shards">Number of shards.</param>
/// <param name="TracedShare">Share of the steps that are traced, 0 to 1.</param>
internal sealed record RunFacts(string RunId, int Experts, int Shards, double TracedShare);
