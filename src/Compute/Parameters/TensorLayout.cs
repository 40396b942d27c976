using System.Collections.Immutable;

namespace MoeOrleans.Compute.Parameters;

/// <summary>
/// Place of a tensor in an expert's flat parameters. The storage is panels of inputs x stride with outputs side by side, so that one
/// vector holds sixteen outputs; the last panel is padded. In files a tensor is outputs x inputs, as in PyTorch.
/// </summary>
/// <param name="Name">Name, as in a safetensors file.</param>
/// <param name="Offset">First element in the flat parameters.</param>
/// <param name="Inputs">Rows of a panel.</param>
/// <param name="Outputs">Used columns of all panels.</param>
/// <param name="Stride">Columns of a panel, padding included; the padding is zero. There is one panel if all outputs fit.</param>
/// <param name="Shape">Shape in files: [outputs, inputs], or [outputs] for a bias.</param>
public sealed record TensorLayout(string Name, int Offset, int Inputs, int Outputs, int Stride, ImmutableArray<int> Shape)
{
    /// <summary>Inputs of the layer, of its bias too: uniform initial weights are within +-1 / sqrt(fan-in).</summary>
    public int FanIn { get; init; } = Inputs;

    /// <summary>Elements of the storage.</summary>
    public int Length => Outputs == 0 ? 0 : (Outputs + Stride - 1) / Stride * Stride * Inputs;

    /// <summary>Elements without padding.</summary>
    public int ElementCount => Inputs * Outputs;

    /// <summary>Index of an element in the flat parameters.</summary>
    /// <param name="input">Input of the element.</param>
    /// <param name="output">Output of the element.</param>
    public int IndexOf(int input, int output) => Offset + (((output / Stride * Inputs) + input) * Stride) + (output % Stride);

    /// <summary>Copies the tensor from flat parameters into its form in files (row-major <see cref="Shape"/>).</summary>
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

    /// <summary>Copies the tensor from its form in files into flat parameters.</summary>
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
