using System.Collections.Immutable;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Status;

/// <summary>How far a run is.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="StepsDone">Step records there are.</param>
/// <param name="Records">The records asked for, at most a thousand at once.</param>
/// <param name="Summary">The summary of a run that is done.</param>
/// <param name="Error">Why a run failed, in one line.</param>
[GenerateSerializer, Immutable, Alias("moe.RunStatus.v1")]
internal sealed record RunStatus(
    [property: Id(0)] RunPhase Phase,
    [property: Id(1)] int StepsDone,
    [property: Id(2)] ImmutableArray<StepRecord> Records,
    [property: Id(3)] RunSummary? Summary,
    [property: Id(4)] string? Error);
