namespace MoeOrleans.Grains.Silos;

/// <summary>What a silo is computing.</summary>
/// <param name="IsBusy">Whether work waits or is being computed, for whichever run.</param>
/// <param name="Step">The step of the run in question that its experts computed last; -1 if none.</param>
/// <param name="Samples">Samples of that step that they have computed.</param>
[GenerateSerializer, Immutable, Alias("moe.SiloWork.v1")]
internal sealed record SiloWork([property: Id(0)] bool IsBusy, [property: Id(1)] long Step, [property: Id(2)] long Samples);
