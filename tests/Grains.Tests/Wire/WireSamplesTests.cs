using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;
using Orleans.Serialization;

namespace MoeOrleans.Grains.Tests.Wire;

public sealed class WireSamplesTests : IDisposable
{
    private static readonly float[] s_inputs = [1, 2, 3, -0f, float.NaN, float.Epsilon, 7, 8, 9, 10, 11, 12];
    private static readonly int[] s_labels = [1, 0, 3, 2];

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private Serializer Serializer => _services.GetRequiredService<Serializer>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void The_samples_named_come_back_side_by_side_with_the_same_bits()
    {
        using var back = RoundTrip(Some(3, 1, 1));
        (back.Count, back.RowLength).ShouldBe((3, 3));
        Bits(back).ShouldBe(((float[])[10, 11, 12, -0f, float.NaN, float.Epsilon, -0f, float.NaN, float.Epsilon]).Select(BitConverter.SingleToInt32Bits));
        back.Labels.ToArray().ShouldBe([2, 0, 0]);
        back.Indexes.ToArray().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void What_was_received_can_be_sent_on()
    {
        using var once = RoundTrip(Some(2, 0));
        using var twice = RoundTrip(once);
        Bits(twice).ShouldBe(Bits(once));
        twice.Labels.ToArray().ShouldBe([3, 1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void Samples_cost_their_bytes_and_little_more(int count)
    {
        var bytes = Serializer.SerializeToArray(Some([.. Enumerable.Range(0, count).Select(i => i % 4)]));
        bytes.Length.ShouldBeLessThan((16 * count) + 40);
        using var back = Serializer.Deserialize<WireSamples>(bytes)!;
        back.Count.ShouldBe(count);
    }

    [Fact]
    public void A_copy_within_a_silo_is_the_samples_themselves()
    {
        var chunk = new SampleChunk(1, 2, 3, 4, 0, Some(0, 1));
        _services.GetRequiredService<DeepCopier>().Copy(chunk).ShouldBeSameAs(chunk);
    }

    [Fact]
    public void An_array_goes_back_to_the_pool_once_and_what_was_sent_never_does()
    {
        var sent = Some(0, 1);
        sent.Dispose();
        sent.Count.ShouldBe(2, "it is the data set's");

        var received = RoundTrip(sent);
        received.Dispose();
        received.Dispose();
        received.Count.ShouldBe(0);
        using var first = RoundTrip(sent);
        using var second = RoundTrip(Some(2, 3));
        Bits(first).ShouldBe(s_inputs[..6].Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(16u, 0)]
    [InlineData(16u, -1)]
    [InlineData(16u, int.MaxValue)]
    [InlineData(24u, 3)]
    [InlineData(3u, 3)]
    [InlineData(0u, 3)]
    [InlineData(4000u, 3)]
    [InlineData(uint.MaxValue, 3)]
    public void Lengths_that_do_not_fit_are_refused(uint announced, int rowLength)
    {
        var good = Serializer.SerializeToArray(Some(0, 1));
        // At the end 36 bytes of content (4 of row length, 2 x 12 of rows, 2 x 4 of labels), before them one that says so.
        var header = good[..^37];
        byte[] bad = [.. header, .. VarUInt32(announced), .. BitConverter.GetBytes(rowLength), .. good[^32..]];
        Should.Throw<InvalidDataException>(() => Serializer.Deserialize<WireSamples>(bad));
        // The same frame with the right lengths is taken.
        byte[] same = [.. header, .. VarUInt32(36), .. BitConverter.GetBytes(3), .. good[^32..]];
        same.ShouldBe(good);
    }

    [Fact]
    public void A_message_with_changed_bytes_is_refused_or_read_but_no_more_is_read_than_was_sent()
    {
        var good = Serializer.SerializeToArray(Some(0, 1, 2, 3));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[1, good.Length]).Sample((at, value, length) =>
        {
            var changed = good.ToArray();
            changed[at] = value;
            try
            {
                using var back = Serializer.Deserialize<WireSamples>(changed.AsMemory(0, length));
                if (back is not null) (4 * (back.Inputs.Length + back.Labels.Length)).ShouldBeLessThanOrEqualTo(length);
            }
            catch (Exception failure) when (failure is not ShouldAssertException and not OutOfMemoryException)
            {
            }
        });
    }

    private static byte[] VarUInt32(uint value)
    {
        var length = Math.Max(1, (32 - System.Numerics.BitOperations.LeadingZeroCount(value) + 6) / 7);
        var bytes = BitConverter.GetBytes((((ulong)value << 1) | 1) << (length - 1));
        return bytes[..length];
    }

    private static WireSamples Some(params int[] indexes) => new(s_inputs, s_labels, indexes, 3);

    private static IEnumerable<int> Bits(WireSamples samples) => samples.Inputs.ToArray().Select(BitConverter.SingleToInt32Bits);

    private WireSamples RoundTrip(WireSamples samples) => Serializer.Deserialize<WireSamples>(Serializer.SerializeToArray(samples))!;
}
