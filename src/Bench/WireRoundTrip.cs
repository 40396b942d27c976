using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Grains.Wire;
using Orleans.Serialization;

namespace MoeOrleans.Bench;

/// <summary>Serialises a tensor and reads it back, as two processes do, but without a network.</summary>
internal sealed class WireRoundTrip : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(WireTensor<>).Assembly)).BuildServiceProvider();
    private readonly Serializer<WireTensor<float>> _serializer;
    private readonly WireTensor<float> _tensor;
    private readonly byte[] _buffer;

    /// <param name="values">The tensor's values; not copied.</param>
    public WireRoundTrip(float[] values)
    {
        _serializer = _services.GetRequiredService<Serializer<WireTensor<float>>>();
        _tensor = new WireTensor<float>(values);
        _buffer = new byte[_serializer.SerializeToArray(_tensor).Length];
    }

    /// <summary>Writes the tensor into a buffer that is reused, and reads it into a new array.</summary>
    /// <returns>Number of elements read.</returns>
    public int WriteAndRead()
    {
        _serializer.Serialize(_tensor, _buffer);
        return _serializer.Deserialize(_buffer)!.Length;
    }

    public void Dispose() => _services.Dispose();
}
