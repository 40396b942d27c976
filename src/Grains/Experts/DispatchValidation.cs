using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Grains.Experts;

/// <summary>Checks dispatches before they are computed: kernels read where a message points, and commits count its samples.</summary>
internal static class DispatchValidation
{
    /// <summary>Checks a dispatch.</summary>
    /// <param name="request">The dispatch.</param>
    /// <param name="minibatch">Samples of its step's minibatch.</param>
    /// <param name="block">Positions a block.</param>
    /// <exception cref="InvalidDataException">Its blocks are not in the minibatch, or its parts do not fit together.</exception>
    public static void Check(DispatchRequest request, int minibatch, int block)
    {
        var (range, gates) = (request.Range, request.Gates.Length);
        var starts = request.BlockStarts.Span;
        var most = ShardCut.Samples(range, minibatch, block);
        if (gates < 1 || gates > most) throw new InvalidDataException($"blocks {range} of a minibatch of {minibatch} samples have no dispatch of {gates} samples");
        if (request.Indexes is { } indexes && indexes.Length != gates) throw new InvalidDataException($"a dispatch has {indexes.Length} indexes and {gates} gates");
        if (starts[0] != 0 || starts[^1] != gates) throw new InvalidDataException($"the blocks of a dispatch of {gates} samples start at {starts[0]} and end at {starts[^1]}");
        for (var b = 1; b < starts.Length; b++)
        {
            if (starts[b] < starts[b - 1]) throw new InvalidDataException($"block {range.Start + b - 1} of a dispatch starts at {starts[b - 1]} and ends at {starts[b]}");
        }
    }

    /// <summary>Checks samples by reference.</summary>
    /// <param name="indexes">Which samples.</param>
    /// <param name="count">Number of samples in the set.</param>
    /// <exception cref="InvalidDataException">A sample is not in the set.</exception>
    public static void Check(ReadOnlySpan<int> indexes, int count)
    {
        if (indexes.IsEmpty) return;
        // As unsigned numbers, negative indexes are the largest: one pass finds both kinds.
        var largest = TensorPrimitives.Max(MemoryMarshal.Cast<int, uint>(indexes));
        if (largest >= count) throw new InvalidDataException($"sample {(int)largest} was asked for; there are 0 to {count - 1}");
    }
}
