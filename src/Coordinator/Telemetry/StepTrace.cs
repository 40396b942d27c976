using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>Why the calls of a step are kept.</summary>
internal enum TraceReason
{
    /// <summary>It is one of the share of steps that are traced.</summary>
    Sampled = 0,

    /// <summary>It took much longer than others (<see cref="SlowSteps"/>).</summary>
    Slow = 1,

    /// <summary>It failed.</summary>
    Failed = 2,
}

/// <summary>The kinds of calls of a step.</summary>
internal enum StepCall
{
    /// <summary>The coordinator's call to a router.</summary>
    Route = 0,

    /// <summary>The router's call to an expert, below its route.</summary>
    Dispatch = 1,

    /// <summary>The expert's computation, below its dispatch.</summary>
    Compute = 2,

    /// <summary>The coordinator's call to an expert to commit.</summary>
    Commit = 3,
}

/// <summary>The calls of one step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Start">When it began.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Reason">Why they are kept.</param>
/// <param name="Error">Why it failed; null unless it did.</param>
/// <param name="Calls">The calls, each after the one that it is below.</param>
[GenerateSerializer, Immutable, Alias("moe.StepTrace.v1")]
internal sealed record StepTrace(
    [property: Id(0)] long Step,
    [property: Id(1)] DateTimeOffset Start,
    [property: Id(2)] double Milliseconds,
    [property: Id(3)] TraceReason Reason,
    [property: Id(4)] string? Error,
    [property: Id(5)] ImmutableArray<TracedCall> Calls);

/// <summary>One call of a step. Times are by the coordinator's clock and in milliseconds; the network is part of a call.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Shard">The shard; -1 for a commit.</param>
/// <param name="Expert">The expert; -1 for a route.</param>
/// <param name="Silo">The silo that was called.</param>
/// <param name="Start">From the beginning of the step.</param>
/// <param name="Duration">Until the answer, or until now.</param>
/// <param name="Samples">Samples dispatched; 0 for routes and commits.</param>
/// <param name="Attempts">How often it was made.</param>
/// <param name="IsAnswered">Whether there was an answer.</param>
[GenerateSerializer, Immutable, Alias("moe.TracedCall.v1")]
internal readonly record struct TracedCall(
    [property: Id(0)] StepCall Kind,
    [property: Id(1)] int Shard,
    [property: Id(2)] int Expert,
    [property: Id(3)] string Silo,
    [property: Id(4)] double Start,
    [property: Id(5)] double Duration,
    [property: Id(6)] int Samples = 0,
    [property: Id(7)] int Attempts = 1,
    [property: Id(8)] bool IsAnswered = true);
