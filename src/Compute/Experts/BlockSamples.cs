using System.Numerics;

namespace MoeOrleans.Compute.Experts;

/// <summary>The samples of a block that were dispatched to one expert, in ascending position.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="inputs">Samples x patches x dim, of the whole data set or of a payload.</param>
/// <param name="labels">Class of each of those samples.</param>
/// <param name="indexes">Which samples, in order.</param>
/// <param name="gates">Gate of each, in the same order.</param>
public readonly ref struct BlockSamples<T>(ReadOnlySpan<T> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<int> indexes, ReadOnlySpan<T> gates)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Samples x patches x dim.</summary>
    public ReadOnlySpan<T> Inputs { get; } = inputs;

    /// <summary>Class of each sample of <see cref="Inputs"/>.</summary>
    public ReadOnlySpan<int> Labels { get; } = labels;

    /// <summary>Which samples, in order.</summary>
    public ReadOnlySpan<int> Indexes { get; } = indexes;

    /// <summary>Gate of each of <see cref="Indexes"/>.</summary>
    public ReadOnlySpan<T> Gates { get; } = gates;
}
