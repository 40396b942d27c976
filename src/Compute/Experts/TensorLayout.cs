using System.Collections.Immutable;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// Where a tensor lies in an expert's flat parameters. Storage is inputs x stride with the outputs side by side, padded to
/// whole vectors, so that one vector holds sixteen outputs; outside, a tensor is outputs x inputs as in PyTorch.
/// </summary>
/// <param name="Name">Name, as in a safetensors file.</param>
/// <param name="Offset">First element in the flat parameters.</param>
/// <param name="Inputs">Rows of the storage.</param>
/// <param name="Outputs">Used columns of the storage.</param>
/// <param name="Stride">Columns of the storage, padding included; the padding is zero.</param>
/// <param name="Shape">Shape outside: [outputs, inputs], or [outputs] for a bias.</param>
public sealed record TensorLayout(string Name, int Offset, int Inputs, int Outputs, int Stride, ImmutableArray<int> Shape)
{
    /// <summary>Elements of the storage.</summary>
    public int Length => Inputs * Stride;

    /// <summary>Elements outside, without padding.</summary>
    public int ElementCount => Inputs * Outputs;

    /// <summary>Copies the tensor out of flat parameters into its outside form (row-major <see cref="Shape"/>).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="parameters">Flat parameters.</param>
    /// <param name="tensor"><see cref="ElementCount"/> elements.</param>
    public void Export<T>(ReadOnlySpan<T> parameters, Span<T> tensor)
    {
        for (var output = 0; output < Outputs; output++)
        {
            for (var input = 0; input < Inputs; input++)
                tensor[(output * Inputs) + input] = parameters[Offset + (input * Stride) + output];
        }
    }

    /// <summary>Copies the tensor's outside form into flat parameters.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="tensor"><see cref="ElementCount"/> elements.</param>
    /// <param name="parameters">Flat parameters.</param>
    public void Import<T>(ReadOnlySpan<T> tensor, Span<T> parameters)
    {
        for (var output = 0; output < Outputs; output++)
        {
            for (var input = 0; input < Inputs; input++)
                parameters[Offset + (input * Stride) + output] = tensor[(output * Inputs) + input];
        }
    }
}
