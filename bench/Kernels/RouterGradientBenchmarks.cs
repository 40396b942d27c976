using BenchmarkDotNet.Attributes;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;

namespace MoeOrleans.Kernels;

/// <summary>The router's gradient of 16,000 samples on one thread: in one chain, and through the reduction tree.</summary>
[MemoryDiagnoser]
public class RouterGradientBenchmarks
{
    private RoutedStep _step = null!;
    private RouterGradientLayout _layout = null!;
    private float[] _gateGradients = [];
    private float[] _sums = [];
    private float[] _scratch = [];

    /// <summary>Number of experts.</summary>
    [Params(8, 64)]
    public int Experts { get; set; }

    /// <summary>Makes the step.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _step = new RoutedStep(Experts);
        _layout = RouterGradientLayout.Of(_step.Spec, _step.Train.Dim);
        _gateGradients = new float[_step.Routed.Count];
        Array.Fill(_gateGradients, 0.5f);
        _sums = new float[_layout.Length];
        _scratch = new float[ReductionTree.ScratchLength<float>(_step.Root, _sums.Length)];
    }

    /// <summary>All samples as one leaf: what it would cost without an agreed tree.</summary>
    [Benchmark(Baseline = true)]
    public bool OneChain() =>
        new RouterLeaf<float>(_layout, _step.Routed, _gateGradients, _step.Train.PatchSums, new BlockRange(0, 1), _step.Routed.Count).TryFill(new TreeNode(0, 0), _sums);

    /// <summary>Through the reduction tree.</summary>
    [Benchmark]
    public bool Tree()
    {
        var leaf = new RouterLeaf<float>(_layout, _step.Routed, _gateGradients, _step.Train.PatchSums, _step.Blocks, _step.Spec.Training.Block);
        return ReductionTree.Evaluate(_step.Root, _step.Blocks.Count, ref leaf, _sums, _scratch);
    }
}
