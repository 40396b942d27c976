namespace MoeOrleans.Compute.Reduction;

/// <summary>A contiguous, non-empty range of blocks of a step's minibatch. Ordered by its start.</summary>
/// <param name="Start">The first block.</param>
/// <param name="Count">Number of blocks, at least 1.</param>
internal readonly record struct BlockRange(int Start, int Count) : IComparable<BlockRange>
{
    /// <summary>The block after the last one.</summary>
    public int End => Start + Count;

    /// <summary>Whether this is a range: the default value is not.</summary>
    public bool IsValid => Start >= 0 && Count > 0 && End > Start;

    /// <summary>Whether the block lies in the range.</summary>
    public bool Contains(int block) => block >= Start && block < End;

    /// <summary>Whether the two ranges share a block.</summary>
    public bool Overlaps(BlockRange other) => Start < other.End && other.Start < End;

    /// <summary>By start; of two that start together the shorter is first.</summary>
    public int CompareTo(BlockRange other) =>
        Start != other.Start ? Start.CompareTo(other.Start) : Count.CompareTo(other.Count);

    /// <summary>Whether <paramref name="left"/> is ordered before <paramref name="right"/>.</summary>
    public static bool operator <(BlockRange left, BlockRange right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is ordered after <paramref name="right"/>.</summary>
    public static bool operator >(BlockRange left, BlockRange right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not ordered after <paramref name="right"/>.</summary>
    public static bool operator <=(BlockRange left, BlockRange right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not ordered before <paramref name="right"/>.</summary>
    public static bool operator >=(BlockRange left, BlockRange right) => left.CompareTo(right) >= 0;

    /// <summary>The range as a half-open interval of blocks.</summary>
    public override string ToString() => $"[{Start}, {End})";
}
