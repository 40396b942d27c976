using BenchmarkDotNet.Attributes;
using MoeOrleans.Compute.Routing;

namespace MoeOrleans.Kernels;

/// <summary>Routing of 16,000 samples on one thread, its parts alone, and the grouping by expert; the baseline is the whole of routing.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private const int Group = RouterScores<float>.Group;

    private RoutedStep _step = null!;
    private DispatchBuffers<float> _buffers = null!;
    private float[] _scores = [];
    private float[] _argmax = [];
    private float[] _gate = [];

    /// <summary>Number of experts.</summary>
    [Params(8, 64)]
    public int Experts { get; set; }

    /// <summary>Makes the step.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _step = new RoutedStep(Experts);
        _buffers = new DispatchBuffers<float>(_step.Routed.Count, Experts, _step.Blocks.Count);
        _scores = new float[Group * _step.Scores.Stride];
        (_argmax, _gate) = (new float[Group * Experts], new float[Group * Experts]);
    }

    /// <summary>Scores, noise, argmax and gate.</summary>
    [Benchmark(Baseline = true)]
    public int Route()
    {
        _step.Route();
        return _step.Routed.Expert[0];
    }

    /// <summary>Scores alone.</summary>
    [Benchmark]
    public float Scores()
    {
        for (var i = 0; i + Group <= _step.Routed.Count; i += Group) _step.Scores.Score(_step.Train.PatchSums, _step.Routed.Indexes.AsSpan(i, Group), _scores);
        return _scores[0];
    }

    /// <summary>Noise alone.</summary>
    [Benchmark]
    public float Noise()
    {
        for (var i = 0; i + Group <= _step.Routed.Count; i += Group) _step.Noise.DrawGroup(RoutePurpose.Train, 0, _step.Routed.Indexes.AsSpan(i, Group), _argmax, _gate);
        return _gate[0];
    }

    /// <summary>Grouping by expert.</summary>
    [Benchmark]
    public object Grouping() => DispatchGrouping.Group(_step.Routed, _step.Blocks, _step.Spec.Training.Block, _buffers);
}
