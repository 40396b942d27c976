using CsCheck;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Routing;

public sealed class DispatchGroupingTests
{
    [Fact]
    public void Every_position_goes_to_its_expert_in_order() => Gen.Select(Gen.Int[1, 300], Gen.Int[1, 9], Gen.OneOf(16, 32, 64), Gen.Int[0, 50], Gen.Int).Sample(
        (count, experts, block, start, seed) =>
        {
            var random = new Random(seed);
            var routed = new RoutedSamples<float>(new RoutingSpec(), count, experts);
            for (var i = 0; i < count; i++)
                (routed.Indexes[i], routed.Expert[i], routed.Gates[i]) = (random.Next(1000), random.Next(experts), random.NextSingle());
            var range = new BlockRange(start, ShardCut.Blocks(count, block));
            var dispatches = DispatchGrouping.Group(routed, range, block);

            dispatches.Length.ShouldBe(experts);
            for (var m = 0; m < experts; m++)
            {
                var dispatch = dispatches[m];
                var positions = Enumerable.Range(0, count).Where(i => routed.Expert[i] == m).ToArray();
                dispatch.Range.ShouldBe(range);
                dispatch.Count.ShouldBe(positions.Length);
                dispatch.Positions.ToArray().ShouldBe(positions);
                dispatch.Indexes.ToArray().ShouldBe(positions.Select(i => routed.Indexes[i]));
                dispatch.Gates.ToArray().ShouldBe(positions.Select(i => routed.Gates[i]));
                dispatch.BlockStarts.ToArray().ShouldBe(Enumerable.Range(0, range.Count + 1).Select(b => positions.Count(i => i < b * block)));
            }
        },
        iter: 300, threads: 1);
}
