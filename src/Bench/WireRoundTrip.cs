using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Grains.Wire;
using Orleans.Serialization;

namespace MoeOrleans.Bench;

/// <summary>Tensors to bytes and back, as between two processes but without a network.</summary>
internal sealed class WireRoundTrip : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(WireTensor<>).Assembly)).BuildServiceProvider();
    private readonly Serializer<WireTensor<float>> _serializer;
    private readonly WireTensor<float> _tensor;
    private readonly byte[] _buffer;

    /// <summary>Makes a tensor.</summary>
    /// <param name="values">Its values; not copied.</param>
    public WireRoundTrip(float[] values)
    {
        _serializer = _services.GetRequiredService<Serializer<WireTensor<float>>>();
        _tensor = new WireTensor<float>(values);
        _buffer = new byte[_serializer.SerializeToArray(_tensor).Length];
    }

    /// <summary>Writes the tensor into a buffer that is there, and reads it into an array of its own.</summary>
    /// <returns>Elements read.</returns>
    public int Do()
    {
        _serializer.Serialize(_tensor, _buffer);
        return _serializer.Deserialize(_buffer)!.Length;
    }

    /// <summary>Releases the serialiser.</summary>
    public void Dispose() => _services.Dispose();
}
