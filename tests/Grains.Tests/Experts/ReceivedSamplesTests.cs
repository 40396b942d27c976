using CsCheck;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Tests.Experts;

public sealed class ReceivedSamplesTests
{
    private const int RowLength = 3;
    private const int Block = 16;
    private const int Minibatch = (11 * Block) - 3;

    private static readonly float[] s_inputs = [.. Enumerable.Range(0, 500 * RowLength).Select(i => (float)i)];
    private static readonly int[] s_labels = [.. Enumerable.Range(0, 500).Select(i => i % 7)];

    private static readonly BlockRange s_range = new(2, 4);

    private readonly ReceivedSamples _arrived = new(ArraySource.Shared, RowLength, Block);

    [Fact]
    public void Chunks_in_any_order_repeated_and_lost_give_all_samples_or_none()
    {
        // A dispatch of up to 64 samples, cut at any places; which chunks come, and in which order, with repetitions.
        var dispatches =
            from total in Gen.Int[1, 64]
            from cuts in Gen.Int[1, 64].Array[0, 6]
            from arrivals in Gen.Int[0, 20].Array[0, 30]
            from seed in Gen.Int[0, 400]
            select (total, cuts, arrivals, seed);
        dispatches.Sample(dispatch =>
        {
            var (total, cuts, arrivals, seed) = dispatch;
            var arrived = new ReceivedSamples(ArraySource.Shared, RowLength, Block);
            int[] borders = [0, .. cuts.Where(cut => cut < total).Distinct().Order(), total];
            var indexes = Enumerable.Range(0, total).Select(i => (seed + (31 * i)) % 500).ToArray();
            var here = new bool[total];
            foreach (var arrival in arrivals)
            {
                var c = arrival % (borders.Length - 1);
                arrived.Add(Chunk(total, borders[c], indexes[borders[c]..borders[c + 1]]), Minibatch);
                Array.Fill(here, true, borders[c], borders[c + 1] - borders[c]);
            }

            using var taken = arrived.TryTake(s_range, total);
            (taken is not null).ShouldBe(here.All(present => present));
            if (taken is null) return;
            taken.Inputs.ToArray().ShouldBe(indexes.SelectMany(i => s_inputs[(i * RowLength)..((i + 1) * RowLength)]));
            taken.Labels.ToArray().ShouldBe(indexes.Select(i => s_labels[i]));
            arrived.TryTake(s_range, total).ShouldBeNull("they were taken");
        });
    }

    [Fact]
    public void Chunks_of_two_attempts_that_overlap_count_once()
    {
        _arrived.Add(Chunk(6, 0, 0, 1, 2, 3), Minibatch);
        _arrived.Add(Chunk(6, 1, 1, 2, 3, 4), Minibatch);
        _arrived.TryTake(s_range, 6).ShouldBeNull();
        _arrived.Add(Chunk(6, 5, 5), Minibatch);
        using var taken = _arrived.TryTake(s_range, 6);
        taken.ShouldNotBeNull().Labels.ToArray().ShouldBe([0, 1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Dispatches_are_kept_apart()
    {
        _arrived.Add(Chunk(2, 0, 10, 11), Minibatch);
        _arrived.Add(Chunk(1, 0, 12), Minibatch);
        _arrived.Add(Chunk(1, 0, 13) with { FirstBlock = 7 }, Minibatch);
        _arrived.Count.ShouldBe(3);
        using var two = _arrived.TryTake(s_range, 2);
        two.ShouldNotBeNull().Labels.ToArray().ShouldBe([3, 4]);
        using var other = _arrived.TryTake(new BlockRange(7, 4), 1);
        other.ShouldNotBeNull().Labels.ToArray().ShouldBe([6]);
        _arrived.Clear();
        _arrived.Count.ShouldBe(0);
        _arrived.TryTake(s_range, 1).ShouldBeNull();
    }

    [Theory]
    [InlineData(4, 0, 0, 0)]
    [InlineData(4, int.MaxValue, 1, 0)]
    [InlineData(4, 2, 0, 0)]
    [InlineData(4, 4, 65, 0)]
    [InlineData(4, 4, int.MaxValue, 0)]
    [InlineData(4, 4, 4, -1)]
    [InlineData(4, 4, 4, 3)]
    [InlineData(4, 4, 4, int.MaxValue)]
    [InlineData(-1, 4, 4, 0)]
    [InlineData(8, 4, 4, 0)]
    [InlineData(8, 3, 46, 0)]
    public void A_chunk_that_is_no_part_of_a_dispatch_is_refused(int firstBlock, int blocks, int total, int first)
    {
        var chunk = new SampleChunk(0, firstBlock, blocks, total, first, Some(1, 2));
        Should.Throw<InvalidDataException>(() => _arrived.Add(chunk, Minibatch));
        _arrived.Count.ShouldBe(0, "nothing is kept of it");
    }

    [Fact]
    public void Rows_of_another_length_and_chunks_without_samples_are_refused()
    {
        Should.Throw<InvalidDataException>(() => _arrived.Add(Chunk(4, 0) with { Samples = new WireSamples(s_inputs, s_labels, new[] { 1 }, RowLength + 1) }, Minibatch));
        Should.Throw<InvalidDataException>(() => _arrived.Add(Chunk(4, 0), Minibatch));
    }

    private static SampleChunk Chunk(int total, int first, params int[] indexes) => new(0, s_range.Start, s_range.Count, total, first, Some(indexes));

    private static WireSamples Some(params int[] indexes) => new(s_inputs, s_labels, indexes, RowLength);
}
