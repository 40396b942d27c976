using System.Collections.Immutable;

namespace MoeOrleans.Compute.Parameters;

/// <summary>
/// Where a tensor lies in an expert's flat parameters. Storage is panels of inputs x stride with the outputs side by side, the
/// last one padded, so that one vector holds sixteen outputs; outside, a tensor is outputs x inputs as in PyTorch.
/// </summary>
/// <param name="Name">Name, as in a safetensors file.</param>
/// <param name="Offset">First element in the flat parameters.</param>
/// <param name="Inputs">Rows of a panel.</param>
/// <param name="Outputs">Used columns of all panels.</param>
/// <param name="Stride">Columns of a panel, padding included; the padding is zero. Where all outputs fit, there is one panel.</param>
/// <param name="Shape">Shape outside: [outputs, inputs], or [outputs] for a bias.</param>
public sealed record TensorLayout(string Name, int Offset, int Inputs, int Outputs, int Stride, ImmutableArray<int> Shape)
{
    /// <summary>Inputs of the layer, which a bias has not itself: uniform initial weights are in +-1 / sqrt of it.</summary>
    public int FanIn { get; init; } = Inputs;

    /// <summary>Elements of the storage.</summary>
    public int Length => Outputs == 0 ? 0 : (Outputs + Stride - 1) / Stride * Stride * Inputs;

    /// <summary>Elements outside, without padding.</summary>
    public int ElementCount => Inputs * Outputs;

    /// <summary>Where an element lies in the flat parameters.</summary>
    /// <param name="input">Its input.</param>
    /// <param name="output">Its output.</param>
    public int IndexOf(int input, int output) => Offset + (((output / Stride * Inputs) + input) * Stride) + (output % Stride);

    /// <summary>Copies the tensor out of flat parameters into its outside form (row-major <see cref="Shape"/>).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="parameters">Flat parameters.</param>
    /// <param name="tensor"><see cref="ElementCount"/> elements.</param>
    public void Export<T>(ReadOnlySpan<T> parameters, Span<T> tensor)
    {
        for (var output = 0; output < Outputs; output++)
        {
            var first = IndexOf(0, output);
            for (var input = 0; input < Inputs; input++) tensor[(output * Inputs) + input] = parameters[first + (input * Stride)];
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
            var first = IndexOf(0, output);
            for (var input = 0; input < Inputs; input++) parameters[first + (input * Stride)] = tensor[(output * Inputs) + input];
        }
    }
}
