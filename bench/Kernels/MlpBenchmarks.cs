using BenchmarkDotNet.Attributes;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Kernels;

/// <summary>Forward, loss and backward of one MLP's samples of a minibatch, 784-512-10, on one thread: the scalar reference, and vectors.</summary>
[MemoryDiagnoser]
public class MlpBenchmarks
{
    private const int Dim = 784;
    private const int Classes = 10;
    private const int Set = 4096;

    private static readonly ModelSpec s_model = Presets.For(Recipe.Reference, "1", ModelKind.Mixture, expert: "mlp").Model with { Outputs = Classes };

    private IExpert<float> _reference = null!;
    private IExpert<float> _vectors = null!;
    private float[] _weights = [];
    private float[] _inputs = [];
    private int[] _labels = [];
    private int[] _indexes = [];
    private float[] _gates = [];
    private float[] _gradient = [];
    private float[] _gateGradients = [];

    /// <summary>Samples of the expert: 128 are a minibatch of 1,024 shared by eight.</summary>
    [Params(16, 128)]
    public int Samples { get; set; }

    /// <summary>Draws weights and samples.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _reference = ExpertKinds.CreateReference<float>(s_model, Dim, 1);
        _vectors = ExpertKinds.Create<float>(s_model, Dim, 1);
        _weights = ExpertKinds.InitialWeights<float>(s_model, _vectors.Parameters, 1, 0);
        var random = new Random(1);
        _inputs = [.. Enumerable.Range(0, Set * Dim).Select(_ => (2 * random.NextSingle()) - 1)];
        _labels = [.. Enumerable.Range(0, Set).Select(_ => random.Next(Classes))];
        _indexes = [.. Enumerable.Range(0, Samples).Select(_ => random.Next(Set))];
        _gates = [.. Enumerable.Range(0, Samples).Select(_ => random.NextSingle())];
        _gradient = new float[_weights.Length];
        _gateGradients = new float[Samples];
    }

    /// <summary>The scalar reference.</summary>
    [Benchmark(Baseline = true)]
    public double Reference() => Train(_reference);

    /// <summary>Explicit vectors; the same bits.</summary>
    [Benchmark]
    public double Vectors() => Train(_vectors);

    private double Train(IExpert<float> expert)
    {
        Array.Clear(_gradient);
        return expert.Accumulate(_weights, new BlockSamples<float>(_inputs, _labels, _indexes, _gates), _gradient, _gateGradients).Loss;
    }
}
