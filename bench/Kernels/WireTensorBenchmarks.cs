using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Grains.Wire;
using Orleans.Serialization;

namespace MoeOrleans.Kernels;

/// <summary>A tensor to bytes and back by its codec, and an array by Orleans' own; the baseline is a copy of the memory.</summary>
[MemoryDiagnoser]
public class WireTensorBenchmarks : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(WireTensor<>).Assembly)).BuildServiceProvider();
    private Serializer<WireTensor<float>> _tensors = null!;
    private Serializer<float[]> _arrays = null!;
    private float[] _values = [];
    private float[] _copy = [];
    private byte[] _buffer = [];
    private byte[] _message = [];

    /// <summary>Elements: an expert's gradient, a chunk of samples, a large model's.</summary>
    [Params(816, 51_200, 1_000_000)]
    public int Length { get; set; }

    /// <summary>Fills the tensor.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _tensors = _services.GetRequiredService<Serializer<WireTensor<float>>>();
        _arrays = _services.GetRequiredService<Serializer<float[]>>();
        _values = [.. Enumerable.Range(0, Length).Select(i => 1f / (i + 1))];
        _copy = new float[Length];
        // The array's codec writes more than its elements' bytes.
        _buffer = new byte[(16 * Length) + 1024];
        _message = _tensors.SerializeToArray(new WireTensor<float>(_values));
    }

    /// <summary>Copies the memory.</summary>
    [Benchmark(Baseline = true)]
    public float Copy()
    {
        _values.CopyTo(_copy, 0);
        return _copy[0];
    }

    /// <summary>Writes the tensor into a buffer.</summary>
    [Benchmark]
    public int Write() => _tensors.Serialize(new WireTensor<float>(_values), _buffer);

    /// <summary>Reads it: into an array of its own.</summary>
    [Benchmark]
    public int Read() => _tensors.Deserialize(_message)!.Length;

    /// <summary>Writes an array by Orleans' own codec, for comparison.</summary>
    [Benchmark]
    public int WriteArray() => _arrays.Serialize(_values, _buffer);

    /// <summary>Releases the serialiser.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }
}
