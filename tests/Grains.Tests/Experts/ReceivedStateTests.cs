using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Tests.Experts;

public sealed class ReceivedStateTests
{
    private static readonly RunContext s_run = new("run", "{}");

    private readonly ReceivedState _state = new(ArraySource.Shared, longest: 5);

    [Fact]
    public void A_restore_waits_for_every_piece()
    {
        _state.Add(Piece(1, 0, 1, 2));
        _state.Complete(Restore(1)).ShouldBeNull();
        // The reply to the first was lost.
        _state.Add(Piece(1, 0, 1, 2));
        _state.Add(Piece(1, 2, 3, 4, 5));

        _state.Complete(Restore(1)).ShouldNotBeNull().Weights!.Span.ToArray().ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void A_restore_of_another_generation_gets_none_of_them()
    {
        _state.Add(Piece(1, 0, 1, 2, 3, 4, 5));
        _state.Complete(Restore(2)).ShouldBeNull();
        _state.Add(Piece(2, 0, 6, 7, 8, 9, 10));
        // Of a coordinator that was deposed.
        _state.Add(Piece(1, 0, 1, 2, 3, 4, 5));

        _state.Complete(Restore(1)).ShouldBeNull();
        _state.Complete(Restore(2)).ShouldNotBeNull().Weights!.Span.ToArray().ShouldBe([6, 7, 8, 9, 10]);
    }

    [Fact]
    public void A_piece_that_is_missing_between_two_is_asked_for_again()
    {
        _state.Add(Piece(1, 0, 1, 2));
        _state.Add(Piece(1, 4, 5));

        _state.Complete(Restore(1)).ShouldBeNull();
    }

    [Theory]
    [InlineData(6, 0, 1)]
    [InlineData(-1, 0, 0)]
    [InlineData(5, 4, 2)]
    [InlineData(5, -1, 1)]
    [InlineData(int.MaxValue, int.MaxValue, 1)]
    public void A_piece_that_does_not_fit_takes_no_memory(int length, int first, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ArgumentException>(() => _state.Add(new RestorePiece(s_run, 1, 3, ExpertTensor.Weights, length, first, new WireTensor<float>(new float[count]))));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    private static RestorePiece Piece(long generation, int first, params float[] values) => new(s_run, generation, 3, ExpertTensor.Weights, 5, first, new(values));

    private static RestoreRequest Restore(long generation) => new(s_run, generation, 3, null, null, Pieces: [ExpertTensor.Weights]);
}
