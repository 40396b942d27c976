using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>A piece of a recorded step, by position; <see cref="IsGivenUp"/> alone if no step follows because no client has fetched the last ones.</summary>
/// <param name="Step">The step.</param>
/// <param name="Samples">Samples of the step.</param>
/// <param name="Experts">The experts of the piece.</param>
/// <param name="Gates">The gates of the piece.</param>
/// <param name="IsGivenUp">Whether the recording ended before the run.</param>
[GenerateSerializer, Immutable, Alias("moe.RecordedRouting.v1")]
internal sealed record RecordedRouting(
    [property: Id(0)] long Step,
    [property: Id(1)] int Samples,
    [property: Id(2)] WireTensor<ushort> Experts,
    [property: Id(3)] WireTensor<float> Gates,
    [property: Id(4)] bool IsGivenUp = false);
