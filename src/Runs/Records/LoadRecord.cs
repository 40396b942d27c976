namespace MoeOrleans.Runs.Records;

/// <summary>The load of the experts in an epoch.</summary>
/// <param name="Step">The last step of the epoch.</param>
/// <param name="Samples">Training samples of each expert in the epoch.</param>
[GenerateSerializer, Immutable, Alias("moe.LoadRecord.v1")]
public sealed record LoadRecord([property: Id(0)] long Step, [property: Id(1)] int[] Samples);
