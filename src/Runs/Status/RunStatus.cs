using System.Collections.Immutable;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Status;

/// <summary>The status of one run.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="StepsDone">Steps done since the last restart.</param>
/// <param name="Records">The step records from the first one asked for, at most a thousand.</param>
/// <param name="Summary">The summary; null unless the run is done.</param>
/// <param name="Error">Why the run failed, or was stopped without a result, in one line; null unless it was.</param>
/// <param name="LongStep">The step in progress if it takes longer than some seconds; otherwise null.</param>
/// <param name="FinalVersion">Version of the final weights if the run was trained and could not be evaluated; otherwise null.</param>
[GenerateSerializer, Immutable, Alias("moe.RunStatus.v1")]
internal sealed record RunStatus(
    [property: Id(0)] RunPhase Phase,
    [property: Id(1)] int StepsDone,
    [property: Id(2)] ImmutableArray<StepRecord> Records,
    [property: Id(3)] RunSummary? Summary,
    [property: Id(4)] string? Error,
    [property: Id(5)] StepStatus? LongStep = null,
    [property: Id(6)] long? FinalVersion = null);
