using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;
using Orleans.Serialization;

namespace MoeOrleans.Grains.Tests.Wire;

public sealed class WireTensorTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private Serializer Serializer => _services.GetRequiredService<Serializer>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_tensor_comes_back_with_the_same_bits()
    {
        float[] values = [1, -0f, float.NaN, float.PositiveInfinity, float.Epsilon, BitConverter.Int32BitsToSingle(0x7fc12345)];
        var back = Serializer.Deserialize<WireTensor<float>>(Serializer.SerializeToArray(new WireTensor<float>(values)))!;
        back.Span.ToArray().Select(BitConverter.SingleToInt32Bits).ShouldBe(values.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_003)]
    public void A_tensor_costs_its_bytes_and_little_more(int length)
    {
        var values = Enumerable.Range(0, length).Select(i => i * 0.5).ToArray();
        var bytes = Serializer.SerializeToArray(new WireTensor<double>(values));
        bytes.Length.ShouldBeLessThan((8 * length) + 40);
        Serializer.Deserialize<WireTensor<double>>(bytes)!.Span.ToArray().ShouldBe(values);
    }

    [Fact]
    public void A_copy_within_a_silo_is_the_tensor_itself()
    {
        var tensor = new WireTensor<int>([1, 2, 3]);
        _services.GetRequiredService<DeepCopier>().Copy(tensor).ShouldBeSameAs(tensor);
        var request = new DispatchRequest(3, 4, tensor, tensor, new WireTensor<float>([1]));
        _services.GetRequiredService<DeepCopier>().Copy(request).ShouldBeSameAs(request);
    }

    [Fact]
    public void A_message_with_the_same_tensor_twice_and_with_none_comes_back()
    {
        var tensor = new WireTensor<int>([7, 8]);
        var dispatch = Serializer.Deserialize<DispatchRequest>(Serializer.SerializeToArray(new DispatchRequest(1, 2, tensor, tensor, new WireTensor<float>([]))))!;
        dispatch.BlockStarts.Span.ToArray().ShouldBe([7, 8]);
        dispatch.Indexes!.Span.ToArray().ShouldBe([7, 8]);
        dispatch.Gates.Length.ShouldBe(0);
        var restore = Serializer.Deserialize<RestoreRequest>(
            Serializer.SerializeToArray(new RestoreRequest(new RunContext("r", "{}"), 1, 0, null, new WireTensor<float>([2]))))!;
        restore!.Weights.ShouldBeNull();
        restore.OptimiserState!.Span.ToArray().ShouldBe([2]);
    }

    [Fact]
    public void A_length_that_the_message_does_not_hold_is_refused_before_anything_is_allocated()
    {
        var bytes = Serializer.SerializeToArray(new WireTensor<float>([1, 2, 3, 4]));
        // Cut off the last element: twelve bytes are left where sixteen were announced.
        Should.Throw<Exception>(() => Serializer.Deserialize<WireTensor<float>>(bytes.AsMemory(0, bytes.Length - 5)));
        var message = Should.Throw<InvalidDataException>(() => Serializer.Deserialize<WireTensor<double>>(Reinterpreted(bytes))).Message;
        message.ShouldContain("Double");
    }

    // Twelve bytes of floats are no whole number of doubles.
    private byte[] Reinterpreted(byte[] floats)
    {
        floats.Length.ShouldBeGreaterThan(16);
        var twelve = Serializer.SerializeToArray(new WireTensor<float>([1, 2, 3]));
        var doubles = Serializer.SerializeToArray(new WireTensor<double>([1]));
        // The header, with the type's name, is of the double tensor; length and content of the float tensor follow.
        var floatContent = twelve.AsSpan(twelve.Length - 14, 13).ToArray();
        var header = doubles.AsSpan(0, doubles.Length - 10).ToArray();
        return [.. header, .. floatContent, doubles[^1]];
    }
}
