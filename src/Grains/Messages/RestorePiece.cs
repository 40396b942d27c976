using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Messages;

/// <summary>A piece of the state that a restore will set an expert to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Generation">The coordinator's generation.</param>
/// <param name="Version">The version of the state.</param>
/// <param name="Tensor">The array that it is of.</param>
/// <param name="Length">Elements of the whole array.</param>
/// <param name="First">Its first element in the array.</param>
/// <param name="Values">Its elements.</param>
[GenerateSerializer, Immutable, Alias("moe.RestorePiece.v1")]
internal sealed record RestorePiece(
    [property: Id(0)] RunContext Run,
    [property: Id(1)] long Generation,
    [property: Id(2)] long Version,
    [property: Id(3)] ExpertTensor Tensor,
    [property: Id(4)] int Length,
    [property: Id(5)] int First,
    [property: Id(6)] WireTensor<float> Values);
