using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Training;

public sealed class BlockLossesTests
{
    [Fact]
    public void Losses_are_added_in_tree_order()
    {
        // ((1 + 2^-53) + (2^-53 + 2^-53)) + 1; from left to right the small ones would be lost one by one.
        const double Small = 1.0 / (1L << 53);
        BlockLosses.Sum([1, Small, Small, Small, 1]).ShouldBe((1 + Small) + (Small + Small) + 1);
        BlockLosses.Sum([Small, Small, 1]).ShouldBe(1 + (2 * Small));
        BlockLosses.Sum([1, Small, Small, Small]).ShouldNotBe(1 + Small + Small + Small);
        BlockLosses.Sum([4]).ShouldBe(4);
    }

    [Fact]
    public void Any_number_of_blocks_will_do()
    {
        for (var blocks = 1; blocks < 300; blocks++) BlockLosses.Sum(Enumerable.Range(1, blocks).Select(b => (double)b).ToArray()).ShouldBe(blocks * (blocks + 1) / 2);
    }
}
