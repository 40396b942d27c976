using System.Numerics;
using CsCheck;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Tests.Reduction;

public sealed class ReductionTreeTests
{
    [Fact]
    public void The_root_is_the_pairwise_sum_and_absent_leaves_are_the_identity() =>
        Gen.Select(Gen.Int[1, 200], Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 1], Gen.Const(1.0)), Gen.Int).Sample(
            (blocks, absent, seed) =>
            {
                var values = new ScaledValues(blocks, absent, seed);
                var root = values.Evaluate(new TreeNode(ReductionTree.RootLevel(blocks), 0));
                var expected = values.PairwiseSum();
                if (expected is null) root.ShouldBeNull();
                else root.ShouldNotBeNull().ShouldHaveTheBitsOf<float>(expected, "root");
            },
            iter: 2000, threads: 1);

    // Otherwise the tests of order could not fail.
    [Fact]
    public void Another_order_gives_other_bits()
    {
        var differences = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var values = new ScaledValues(64, 0, seed);
            if (!values.PlainSum().SequenceEqual(values.Evaluate(new TreeNode(6, 0))!)) differences++;
        }

        differences.ShouldBeGreaterThan(95);
    }

    // -0 + 0 would be +0.
    [Fact]
    public void The_negative_zero_of_a_lone_leaf_stays()
    {
        var leaf = new LoneNegativeZero();
        var result = new float[1];
        ReductionTree.Evaluate(new TreeNode(2, 0), 4, ref leaf, result, new float[ReductionTree.ScratchLength<float>(new TreeNode(2, 0), 1)]).ShouldBeTrue();
        result.ShouldHaveTheBitsOf<float>([-0f], "sum");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(63, 6)]
    [InlineData(64, 6)]
    [InlineData(65, 7)]
    public void The_root_is_the_lowest_node_over_all_blocks(int blocks, int level) => ReductionTree.RootLevel(blocks).ShouldBe(level);

    [Fact]
    public void A_cover_is_disjoint_complete_ascending_and_small()
    {
        for (var blocks = 1; blocks <= 64; blocks++)
        {
            for (var start = 0; start < blocks; start++)
            {
                for (var end = start + 1; end <= blocks; end++)
                {
                    var nodes = ReductionTree.Cover(new BlockRange(start, end - start), blocks);
                    var at = start;
                    foreach (var node in nodes)
                    {
                        if (node.Start != at || node.End <= at) Assert.Fail($"{node} does not start at {at}: [{start}, {end}) of {blocks}.");
                        at = node.End;
                    }

                    // Blocks past the minibatch's end do not exist, so the last node may reach beyond it.
                    if (end == blocks ? at < end || at > 1 << ReductionTree.RootLevel(blocks) : at != end) Assert.Fail($"[{start}, {end}) of {blocks} ends at {at}.");
                    if (nodes.Count > (2 * BitOperations.Log2((uint)blocks)) + 1) Assert.Fail($"{nodes.Count} nodes for [{start}, {end}) of {blocks}.");
                }
            }
        }
    }

    [Fact]
    public void All_blocks_are_covered_by_the_root_alone()
    {
        for (var blocks = 1; blocks <= 200; blocks++)
            ReductionTree.Cover(new BlockRange(0, blocks), blocks).ShouldBe([new TreeNode(ReductionTree.RootLevel(blocks), 0)]);
    }

    [Fact]
    public void Nodes_know_their_relatives()
    {
        var node = new TreeNode(3, 5);
        (node.Start, node.End).ShouldBe((40, 48));
        node.Parent.ShouldBe(new TreeNode(4, 2));
        node.Sibling.ShouldBe(new TreeNode(3, 4));
        node.Left.ShouldBe(new TreeNode(2, 10));
        node.Right.ShouldBe(new TreeNode(2, 11));
        node.ToString().ShouldBe("node (3, 5)");
    }

    private readonly struct LoneNegativeZero : IReductionLeaf<float>
    {
        public bool Fills(TreeNode node) => false;

        public bool TryFill(TreeNode node, Span<float> result)
        {
            result[0] = -0f;
            return node.Index == 2;
        }

        public void ToParameterOrder(Span<float> sum)
        {
        }
    }
}
