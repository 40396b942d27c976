using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Wire;

/// <summary>
/// Samples in a message: rows and labels. The sender refers to samples of its data set, and the codec copies them from there into the
/// message. A receiver in another process gets them in pooled arrays, which <see cref="Dispose"/> returns. Within a silo they are
/// not copied.
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

    /// <summary>The rows: samples x row length.</summary>
    public ReadOnlyMemory<float> Inputs { get; private set; }

    /// <summary>Class of each sample of <see cref="Inputs"/>.</summary>
    public ReadOnlyMemory<int> Labels { get; private set; }

    /// <summary>Which of them, in order.</summary>
    public ReadOnlyMemory<int> Indexes { get; private set; }

    /// <summary>Elements of a row: patches x dim.</summary>
    public int RowLength { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Indexes.Length;

    /// <summary>The rented rows, to be filled.</summary>
    internal Span<float> RentedInputs => _pooled!.Inputs.AsSpan(0, Inputs.Length);

    /// <summary>The rented labels, to be filled.</summary>
    internal Span<int> RentedLabels => _pooled!.Labels.AsSpan(0, Labels.Length);

    /// <summary>Rents pooled arrays for samples that are received.</summary>
    /// <param name="arrays">Where the arrays come from.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="rowLength">Elements of a row, at least 1.</param>
    internal static WireSamples Rent(ArraySource arrays, int count, int rowLength) =>
        new(new Pooled(arrays, arrays.Rent<float>(count * rowLength), arrays.Rent<int>(count)), count, rowLength);

    /// <summary>Copies the samples to their position in a whole dispatch.</summary>
    /// <param name="rented">Rented arrays for the dispatch.</param>
    /// <param name="first">Position of the first of these samples.</param>
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

    /// <summary>Returns pooled arrays; the samples cannot be read any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is not { } pooled) return;
        (Inputs, Labels, Indexes) = (default, default, default);
        pooled.Arrays.Return(pooled.Inputs);
        pooled.Arrays.Return(pooled.Labels);
    }

    private sealed record Pooled(ArraySource Arrays, float[] Inputs, int[] Labels);
}
