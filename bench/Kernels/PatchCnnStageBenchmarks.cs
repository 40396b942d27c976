using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Kernels.PatchCnnStages;

namespace MoeOrleans.Kernels;

/// <summary>
/// How the patch CNN's kernel comes about: forward, loss and backward of 16,000 samples by eight experts on one thread, in five stages
/// that compute the same bits (docs/kernels.md). An expert's samples are summed as one block here: the reduction tree is measured by
/// <see cref="PatchCnnBenchmarks"/>.
/// </summary>
[Config(typeof(TimesFaster))]
public class PatchCnnStageBenchmarks
{
    private RoutedStep _step = null!;
    private StageSums[] _sums = [];
    private IExpert<float> _reference = null!;
    private IExpert<float> _kernel = null!;
    private OneRowAtATime _oneRow = null!;
    private RowTiles _tiles = null!;
    private RowTiles _tilesAndLosses = null!;

    /// <summary>Makes the step, and holds every stage to the bits of the reference.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _step = new RoutedStep(8);
        var shape = PatchCnnShape.Of(_step.Spec.Model, _step.Train.Dim, _step.Train.Patches);
        (_reference, _kernel) = (new PatchCnnReference<float>(shape), new PatchCnnKernel(shape));
        (_oneRow, _tiles, _tilesAndLosses) = (new OneRowAtATime(), new RowTiles(vectorLosses: false), new RowTiles(vectorLosses: true));
        var expected = Sums();
        _sums = expected;
        Reference();
        Check(nameof(OneRow), OneRow);
        Check(nameof(Tiles), Tiles);
        Check(nameof(TilesAndVectorLosses), TilesAndVectorLosses);
        Check(nameof(Kernel), Kernel);

        void Check(string name, Func<double> stage)
        {
            _sums = Sums();
            stage();
            foreach (var (ofReference, ofStage) in expected.Zip(_sums)) ofReference.MustEqual(name, ofStage);
        }

        StageSums[] Sums() => [.. _step.Dispatches.Select(dispatch => new StageSums(new float[shape.Parameters().Length], new float[dispatch.Count]))];
    }

    /// <summary>Scalar loops, filter by filter.</summary>
    [Benchmark(Baseline = true)]
    public double Reference() => Each((m, sums) => Accumulate(_reference, m, sums));

    /// <summary>Filters in lanes, row by row.</summary>
    [Benchmark]
    public double OneRow() => Each((m, sums) => _oneRow.Accumulate(Samples(m), sums));

    /// <summary>Rows in tiles.</summary>
    [Benchmark]
    public double Tiles() => Each((m, sums) => _tiles.Accumulate(Samples(m), sums));

    /// <summary>Rows in tiles, losses of eight samples together.</summary>
    [Benchmark]
    public double TilesAndVectorLosses() => Each((m, sums) => _tilesAndLosses.Accumulate(Samples(m), sums));

    /// <summary>The kernel that runs use.</summary>
    [Benchmark]
    public double Kernel() => Each((m, sums) => Accumulate(_kernel, m, sums));

    private double Each(Action<int, StageSums> expert)
    {
        var loss = 0.0;
        for (var m = 0; m < _sums.Length; m++)
        {
            var sums = _sums[m];
            Array.Clear(sums.Gradient);
            (sums.Loss, sums.Hits) = (0, 0);
            expert(m, sums);
            loss += sums.Loss;
        }

        return loss;
    }

    private void Accumulate(IExpert<float> expert, int m, StageSums sums)
    {
        var (train, dispatch) = (_step.Train, _step.Dispatches[m]);
        var samples = new BlockSamples<float>(train.Inputs.Span, train.Labels, dispatch.Indexes.Span, dispatch.Gates.Span);
        (sums.Loss, sums.Hits) = expert.Accumulate(_step.Weights.Experts[m], samples, sums.Gradient, sums.GateGradients);
    }

    private ExpertSamples Samples(int m)
    {
        var (train, dispatch) = (_step.Train, _step.Dispatches[m]);
        return new ExpertSamples(_step.Weights.Experts[m], train.Inputs.Span, train.Labels, dispatch.Indexes.Span, dispatch.Gates.Span);
    }

    private sealed class TimesFaster : ManualConfig
    {
        public TimesFaster() => SummaryStyle = SummaryStyle.Default.WithRatioStyle(RatioStyle.Trend);
    }
}
