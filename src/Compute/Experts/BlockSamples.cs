using System.Numerics;

namespace MoeOrleans.Compute.Experts;

/// <summary>The samples of a block that were dispatched to one expert, in ascending position.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="inputs">Samples x patches x dim, of the whole data set or of a payload.</param>
/// <param name="labels">Class of each of those samples.</param>
/// <param name="indexes">Which samples, in order.</param>
/// <param name="gates">Gate of each, in the same order.</param>
public readonly ref struct LeafSamples<T>(ReadOnlySpan<T> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<int> indexes, ReadOnlySpan<T> gates)
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

    /// <summary>The samples that come next, so that they can be fetched meanwhile: a hint, without effect on any result.</summary>
    public ReadOnlySpan<int> Upcoming { get; init; }

    /// <summary>
    /// Gates of as many of <see cref="Upcoming"/> as will be asked for by the next calls, with the same weights, so that they can
    /// be computed together with these: a hint too.
    /// </summary>
    public ReadOnlySpan<T> UpcomingGates { get; init; }

    /// <summary>Whether these samples are those that were upcoming in the call before, and the weights the same.</summary>
    public bool Continues { get; init; }
}
