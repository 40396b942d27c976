using System.Collections.Immutable;

namespace MoeOrleans.Compute.Parameters;

/// <summary>The tensors of an expert, one after the other in one flat array, so that a gradient is a single span.</summary>
/// <param name="Tensors">The tensors in order.</param>
public sealed record ParameterLayout(ImmutableArray<TensorLayout> Tensors)
{
    /// <summary>Elements of the flat array, padding included.</summary>
    public int Length { get; } = Tensors.Sum(tensor => tensor.Length);

    /// <summary>Number of parameters, without padding.</summary>
    public int ElementCount { get; } = Tensors.Sum(tensor => tensor.ElementCount);
}
