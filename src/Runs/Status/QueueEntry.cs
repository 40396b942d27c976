using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Status;

/// <summary>A run in the queue of a cluster.</summary>
/// <param name="RunId">The run.</param>
/// <param name="State">Whether it waits, is active, or how it ended.</param>
/// <param name="Ahead">Runs that start before it; 0 unless it waits.</param>
/// <param name="Steps">Steps of its specification.</param>
/// <param name="StepsDone">Steps done.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Deployment">How it is spread.</param>
/// <param name="Error">Why it failed, in one line; null unless it did.</param>
[GenerateSerializer, Immutable, Alias("moe.RunInfo.v1")]
public sealed record QueueEntry(
    [property: Id(0)] string RunId,
    [property: Id(1)] QueueEntryState State,
    [property: Id(2)] int Ahead,
    [property: Id(3)] int Steps,
    [property: Id(4)] int StepsDone,
    [property: Id(5)] DateTimeOffset Submitted,
    [property: Id(6)] Deployment Deployment,
    [property: Id(7)] string? Error)
{
    /// <summary>The name that it was submitted under; null for none.</summary>
    [Id(8)]
    public string? Name { get; init; }

    /// <summary>SHA-256 of its specification; null if the program that submitted it did not say.</summary>
    [Id(9)]
    public string? SpecHash { get; init; }

    /// <summary>Whether it, or its result, was lost with a silo: if it has a name, submitting it again begins it again.</summary>
    [Id(10)]
    public bool IsLost { get; init; }
}
