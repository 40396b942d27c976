using BenchmarkDotNet.Attributes;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Kernels;

/// <summary>Forward, loss and backward of 16,000 samples through the reduction tree, on one thread: the scalar reference, and vectors.</summary>
[MemoryDiagnoser]
public class PatchCnnBenchmarks
{
    private RoutedStep _step = null!;
    private IExpert<float> _reference = null!;
    private IExpert<float> _vectors = null!;
    private BlockResult[] _outcomes = [];
    private float[] _gradient = [];
    private float[] _gateGradients = [];
    private float[] _scratch = [];

    /// <summary>Number of experts that share the samples.</summary>
    [Params(8, 64)]
    public int Experts { get; set; }

    /// <summary>Makes the step.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _step = new RoutedStep(Experts);
        var (model, train) = (_step.Spec.Model, _step.Train);
        _reference = new PatchCnnReference<float>(PatchCnnShape.Of(model, train.Dim, train.Patches));
        _vectors = ExpertKinds.Create<float>(model, train.Dim, train.Patches);
        _outcomes = new BlockResult[_step.Blocks.Count];
        _gradient = new float[_vectors.Parameters.Length];
        _gateGradients = new float[train.Count];
        _scratch = new float[ReductionTree.ScratchLength<float>(_step.Root, _gradient.Length)];
    }

    /// <summary>The scalar reference.</summary>
    [Benchmark(Baseline = true)]
    public float Reference() => Train(_reference);

    /// <summary>Explicit vectors; the same bits.</summary>
    [Benchmark]
    public float Vectors() => Train(_vectors);

    private float Train(IExpert<float> expert)
    {
        var train = _step.Train;
        for (var m = 0; m < Experts; m++)
        {
            var dispatch = _step.Dispatches[m];
            var leaf = new ExpertBlock<float>(
                expert, _step.Weights.Experts[m], new(train.Inputs.Span, train.Labels, dispatch.Indexes.Span, dispatch.Gates.Span),
                0, dispatch.BlockStarts.Span, _gateGradients.AsSpan(0, dispatch.Count), _outcomes);
            ReductionTree.Evaluate(_step.Root, _step.Blocks.Count, ref leaf, _gradient, _scratch);
        }

        return _gradient[0];
    }
}
