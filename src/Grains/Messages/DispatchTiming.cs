namespace MoeOrleans.Grains.Messages;

/// <summary>Where an expert's time for a dispatch went, in milliseconds.</summary>
/// <param name="CommitWait">From its arrival until the step before was committed; 0 if it was.</param>
/// <param name="Queue">From then until a thread of the compute lane took its first piece.</param>
/// <param name="Compute">From then until its last piece was computed.</param>
[GenerateSerializer, Immutable, Alias("moe.DispatchTiming.v1")]
internal readonly record struct DispatchTiming([property: Id(0)] float CommitWait, [property: Id(1)] float Queue, [property: Id(2)] float Compute);
