using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Tests.Reduction;

public sealed class ShardCutTests
{
    [Theory]
    [InlineData(1, 256, 1)]
    [InlineData(256, 256, 1)]
    [InlineData(257, 256, 2)]
    [InlineData(16_000, 256, 63)]
    public void Blocks_are_whole_but_the_last(int samples, int block, int blocks) => ShardCut.Blocks(samples, block).ShouldBe(blocks);

    [Theory]
    [InlineData(0, 3, 600)]
    [InlineData(0, 1, 256)]
    [InlineData(1, 2, 344)]
    [InlineData(2, 1, 88)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 1, 0)]
    [InlineData(-1, 2, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, int.MaxValue, 0)]
    public void A_range_of_blocks_has_samples_where_a_minibatch_has_the_range(int start, int count, int samples) =>
        ShardCut.Samples(new BlockRange(start, count), 600, 256).ShouldBe(samples);

    [Fact]
    public void Shards_cover_all_blocks_once_and_are_balanced()
    {
        for (var blocks = 1; blocks <= 200; blocks++)
        {
            for (var shards = 1; shards <= 40; shards++)
            {
                var ranges = ShardCut.Cut(blocks, shards);
                if (ranges.Count != Math.Min(shards, blocks)) Assert.Fail($"{ranges.Count} shards of {shards} for {blocks} blocks.");
                var at = 0;
                foreach (var range in ranges)
                {
                    if (range.Start != at || range.Count < 1) Assert.Fail($"{range} at {at}, {blocks} blocks in {shards}.");
                    at = range.End;
                }

                if (at != blocks) Assert.Fail($"{blocks} blocks in {shards} end at {at}.");

                // Cuts fall on units of at most a quarter of a shard; the last unit may be a partial one.
                var unit = Math.Max(1, blocks / (4 * ranges.Count));
                if (ranges.Max(range => range.Count) - ranges.Min(range => range.Count) > (2 * unit) - 1)
                    Assert.Fail($"{blocks} blocks in {shards}: {string.Join(", ", ranges)}");
            }
        }
    }

    [Fact]
    public void A_shard_needs_few_nodes()
    {
        for (var blocks = 1; blocks <= 1000; blocks += 3)
        {
            for (var shards = 1; shards <= 16; shards++)
            {
                foreach (var range in ShardCut.Cut(blocks, shards))
                    ReductionTree.Cover(range, blocks).Count.ShouldBeLessThanOrEqualTo(8, $"{range} of {blocks} in {shards}");
            }
        }
    }

    [Theory]
    [InlineData(63, 1)]
    [InlineData(63, 3)]
    [InlineData(512, 8)]
    public void Large_shards_are_cut_at_multiples_of_a_power_of_two(int blocks, int shards)
    {
        var unit = 1 << BitOperations.Log2((uint)(blocks / (4 * shards)));
        ShardCut.Cut(blocks, shards).ShouldAllBe(range => range.Start % unit == 0);
    }
}
