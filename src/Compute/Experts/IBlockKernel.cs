using System.Numerics;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// A kernel that works on more than one block at a time: it prefetches and computes samples of the next blocks together with those
/// of this one, and may sum gradients in another element order than the parameters have.
/// </summary>
internal interface IBlockKernel<T> : IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// As <see cref="IExpert{T}.Accumulate"/> from +0: what <paramref name="gradient"/> held before does not matter. Its elements are in
    /// the kernel's order until <see cref="ToParameterOrder"/>; such gradients may be added before that.
    /// </summary>
    BlockResult Sum(ReadOnlySpan<T> weights, in BlockSamples<T> samples, in NextSamples<T> next, Span<T> gradient, Span<T> gateGradients);

    /// <summary>The outputs for samples, before the gates: <see cref="IExpert{T}.Forward"/> of each of them.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="outputs">Receives samples x <see cref="IExpert{T}.Outputs"/>.</param>
    void Forward(ReadOnlySpan<T> weights, in BlockSamples<T> samples, Span<T> outputs);

    /// <summary>Puts the elements of a gradient by <see cref="Sum"/>, or of a sum of such, in the order of the parameters.</summary>
    void ToParameterOrder(Span<T> gradient)
    {
    }
}

/// <summary>Hints for a kernel, without effect on any result.</summary>
internal readonly ref struct NextSamples<T>
    where T : unmanaged
{
    /// <summary>The samples of the next calls, which have the same weights.</summary>
    public ReadOnlySpan<int> Indexes { get; init; }

    /// <summary>Gate of each of <see cref="Indexes"/>; may be fewer.</summary>
    public ReadOnlySpan<T> Gates { get; init; }

    /// <summary>Whether the samples of this call are the first of those that were next in the call before, with the same weights.</summary>
    public bool Continues { get; init; }
}
