using System.Buffers;

namespace MoeOrleans.Grains.Wire;

/// <summary>
/// Samples in a message: rows and labels. The sender names samples of its data set, and the codec copies them from there into the
/// message, with no copy of their own in between. Whoever receives them from another process has them in pooled arrays, which go
/// back with <see cref="Dispose"/>; within a silo nothing is copied.
/// </summary>
[Immutable]
internal sealed class WireSamples : IDisposable
{
    private Pooled? _pooled;

    /// <summary>Samples of a data set; not copied, and never changed.</summary>
    /// <param name="inputs">Samples x row length.</param>
    /// <param name="labels">Class of each.</param>
    /// <param name="indexes">Which of them, in order.</param>
    /// <param name="rowLength">Elements of a row, at least 1.</param>
    public WireSamples(ReadOnlyMemory<float> inputs, ReadOnlyMemory<int> labels, ReadOnlyMemory<int> indexes, int rowLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 1);
        (Inputs, Labels, Indexes, RowLength) = (inputs, labels, indexes, rowLength);
    }

    private WireSamples(Pooled pooled, int count, int rowLength)
        : this(pooled.Inputs.AsMemory(0, count * rowLength), pooled.Labels.AsMemory(0, count), ConsecutiveIndexes.Of(count), rowLength) => _pooled = pooled;

    /// <summary>Where the rows lie: samples x row length.</summary>
    public ReadOnlyMemory<float> Inputs { get; private set; }

    /// <summary>Class of each sample of <see cref="Inputs"/>.</summary>
    public ReadOnlyMemory<int> Labels { get; private set; }

    /// <summary>Which of them, in order.</summary>
    public ReadOnlyMemory<int> Indexes { get; private set; }

    /// <summary>Elements of a row: patches x dim.</summary>
    public int RowLength { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Indexes.Length;

    /// <summary>The rows side by side, to be filled by whoever rented them.</summary>
    internal Span<float> RentedInputs => _pooled!.Inputs.AsSpan(0, Inputs.Length);

    /// <summary>The labels, to be filled by whoever rented them.</summary>
    internal Span<int> RentedLabels => _pooled!.Labels.AsSpan(0, Labels.Length);

    /// <summary>Makes room in pooled arrays for samples that are received.</summary>
    /// <param name="count">Number of samples.</param>
    /// <param name="rowLength">Elements of a row, at least 1.</param>
    internal static WireSamples Rent(int count, int rowLength) =>
        new(new Pooled(ArrayPool<float>.Shared.Rent(count * rowLength), ArrayPool<int>.Shared.Rent(count)), count, rowLength);

    /// <summary>Copies the samples to their place among those of a whole dispatch.</summary>
    /// <param name="rented">Room for all of them.</param>
    /// <param name="first">Where these begin.</param>
    internal void CopyTo(WireSamples rented, int first)
    {
        var inputs = rented.RentedInputs.Slice(first * RowLength, Count * RowLength);
        var labels = rented.RentedLabels.Slice(first, Count);
        if (_pooled is not null)
        {
            Inputs.Span.CopyTo(inputs);
            Labels.Span.CopyTo(labels);
            return;
        }

        var indexes = Indexes.Span;
        for (var i = 0; i < indexes.Length; i++)
        {
            Inputs.Span.Slice(indexes[i] * RowLength, RowLength).CopyTo(inputs[(i * RowLength)..]);
            labels[i] = Labels.Span[indexes[i]];
        }
    }

    /// <summary>The receiver needs the samples no longer: pooled arrays go back, and there are no samples here any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is not { } pooled) return;
        (Inputs, Labels, Indexes) = (default, default, default);
        ArrayPool<float>.Shared.Return(pooled.Inputs);
        ArrayPool<int>.Shared.Return(pooled.Labels);
    }

    private sealed record Pooled(float[] Inputs, int[] Labels);
}
