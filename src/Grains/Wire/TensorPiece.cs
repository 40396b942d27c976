namespace MoeOrleans.Grains.Wire;

/// <summary>
/// The pieces that a tensor of any length travels in. Messages stay small, so weights of gigabytes cost no memory for messages of their size.
/// </summary>
internal static class TensorPiece
{
    /// <summary>Most elements of a piece: 16 MB of floats.</summary>
    public const int MaxElements = 4 << 20;

    /// <summary>The piece of a tensor that begins at an element: up to <see cref="MaxElements"/> of it.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="first">The element.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no such element.</exception>
    public static ReadOnlyMemory<float> Of(ReadOnlyMemory<float> tensor, int first)
    {
        if (tensor.IsEmpty && first == 0) return tensor;
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, tensor.Length);
        return tensor.Slice(first, Math.Min(MaxElements, tensor.Length - first));
    }

    /// <summary>Reads a tensor piece by piece.</summary>
    /// <param name="length">Its elements.</param>
    /// <param name="read">Reads the piece that begins at an element.</param>
    /// <exception cref="InvalidDataException">A piece is empty or too long.</exception>
    public static async Task<float[]> ReadAll(int length, Func<int, Task<WireTensor<float>>> read)
    {
        var tensor = GC.AllocateUninitializedArray<float>(length);
        for (var first = 0; first < length;)
        {
            var piece = await read(first);
            if (piece.Length == 0 || piece.Length > length - first) throw new InvalidDataException($"A piece of {piece.Length} elements came for element {first} of {length}.");
            piece.Span.CopyTo(tensor.AsSpan(first));
            first += piece.Length;
        }

        return tensor;
    }
}
