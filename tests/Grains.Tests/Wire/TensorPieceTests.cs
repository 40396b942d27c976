using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Tests.Wire;

public sealed class TensorPieceTests
{
    private const int Length = (2 * TensorPiece.MaxElements) + 3;

    [Fact]
    public async Task A_long_tensor_comes_in_pieces_of_16_MB_and_is_the_same()
    {
        var tensor = new float[Length];
        for (var i = 0; i < Length; i++) tensor[i] = i;
        var pieces = new List<int>();

        var read = await TensorPiece.ReadAll(Length, first =>
        {
            var piece = new WireTensor<float>(TensorPiece.Of(tensor, first));
            pieces.Add(piece.Length);
            return Task.FromResult(piece);
        });

        pieces.ShouldBe([TensorPiece.MaxElements, TensorPiece.MaxElements, 3]);
        read.AsSpan().SequenceEqual(tensor).ShouldBeTrue();
    }

    [Fact]
    public async Task An_empty_tensor_needs_no_message() =>
        (await TensorPiece.ReadAll(0, _ => throw new InvalidOperationException("not asked for"))).ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public async Task A_piece_that_is_empty_or_too_long_is_refused(int length) =>
        (await Should.ThrowAsync<InvalidDataException>(TensorPiece.ReadAll(5, _ => Task.FromResult(new WireTensor<float>(new float[length])))))
            .Message.ShouldBe($"A piece of {length} elements came for element 0 of 5.");

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void A_piece_outside_its_tensor_is_refused(int first) => Should.Throw<ArgumentOutOfRangeException>(() => TensorPiece.Of(new float[5], first));
}
