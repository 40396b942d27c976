using System.Numerics;

namespace MoeOrleans.Compute.Reduction;

/// <summary>Cuts a minibatch into shards: contiguous ranges of whole blocks that need few tree nodes.</summary>
internal static class ShardCut
{
    /// <summary>Number of blocks of a minibatch.</summary>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="block">Samples a block.</param>
    public static int Blocks(int samples, int block) => (samples + block - 1) / block;

    /// <summary>Number of samples in a range of blocks; 0 if the minibatch has no such range.</summary>
    /// <param name="range">The blocks.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="block">Samples a block.</param>
    public static int Samples(BlockRange range, int samples, int block) =>
        range.IsValid && range.End <= Blocks(samples, block) ? Math.Min(range.End * block, samples) - (range.Start * block) : 0;

    /// <summary>
    /// Cuts <paramref name="blocks"/> blocks into at most <paramref name="shards"/> ranges of nearly equal size. Cuts fall on
    /// multiples of the largest power of two that still leaves each shard about four units, so that a shard covers few nodes.
    /// </summary>
    /// <param name="blocks">Number of blocks, at least 1.</param>
    /// <param name="shards">Shards wanted, at least 1; with fewer blocks, one shard for each block.</param>
    public static IReadOnlyList<BlockRange> Cut(int blocks, int shards)
    {
        shards = Math.Min(shards, blocks);
        var unit = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, blocks / (4 * shards)) + 1) / 2;
        var units = ShardCut.Blocks(blocks, unit);
        if (units < shards) (unit, units) = (1, blocks);
        var ranges = new BlockRange[shards];
        for (var s = 0; s < shards; s++)
        {
            var start = (int)((long)s * units / shards) * unit;
            var end = s == shards - 1 ? blocks : (int)((long)(s + 1) * units / shards) * unit;
            ranges[s] = new BlockRange(start, end - start);
        }

        return ranges;
    }
}
