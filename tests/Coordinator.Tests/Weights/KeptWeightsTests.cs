using MoeOrleans.Coordinator.Training;
using MoeOrleans.Coordinator.Weights;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Tests.Weights;

public sealed class KeptWeightsTests
{
    private const int Long = TensorPiece.MaxElements + 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_element_is_in_the_piece_that_it_is_looked_for(bool hasBest)
    {
        var (final, best) = (Weights(1), hasBest ? Weights(100) : null);
        var pieces = KeptWeights.Cut(final, best).ToArray();
        var kept = KeptWeights.Of(final, best);

        pieces.Length.ShouldBe(kept.Count);
        foreach (var (weights, isBest) in hasBest ? ((RunWeights, bool)[])[(final, false), (best!, true)] : [(final, false)])
        {
            Check(weights.Router, isBest, null);
            for (var m = 0; m < 3; m++) Check(weights.Experts[m], isBest, m);
        }

        kept.IndexOf(best: true, expert: null, first: 0).HasValue.ShouldBe(hasBest);

        void Check(WireTensor<float> tensor, bool isBest, int? expert)
        {
            for (var first = 0; first < tensor.Length; first += TensorPiece.MaxElements)
                pieces[kept.IndexOf(isBest, expert, first)!.Value].Span.SequenceEqual(TensorPiece.Of(tensor.Memory, first).Span).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 5)]
    [InlineData(0, -1)]
    [InlineData(0, 2 * TensorPiece.MaxElements)]
    public void What_no_piece_begins_with_is_refused(int expert, int first) =>
        Should.Throw<ArgumentException>(() => new KeptWeights(10, Long, 3, HasBest: false).IndexOf(best: false, expert, first));

    [Theory]
    [InlineData(5592404, true, true)]
    [InlineData(2796200, true, false)]
    [InlineData(5592404, false, false)]
    [InlineData(5592406, false, true)]
    public void Memory_is_given_back_after_a_run_of_large_weights_only(int expertLength, bool hasBest, bool isLarge) =>
        FreedMemory.Return(new KeptWeights(RouterLength: 3, expertLength, Experts: 3, hasBest)).ShouldBe(isLarge);

    [Fact]
    public void A_run_without_weights_has_no_memory_to_give_back() => FreedMemory.Return(null).ShouldBeFalse();

    private static RunWeights Weights(int value) => new(
        new WireTensor<float>(Enumerable.Repeat((float)value, 10).ToArray()),
        [.. Enumerable.Range(1, 3).Select(m => new WireTensor<float>([.. Enumerable.Range(0, Long).Select(i => value + m + (i / (float)Long))]))]);
}
