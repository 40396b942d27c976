using MoeOrleans.Cli.Training;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>Trains and analyses runs on one silo; several runs may be active at once.</summary>
/// <param name="silo">The silo.</param>
/// <param name="deployment">How to spread each run.</param>
/// <param name="interrupted">Asks the runs to end after their steps.</param>
internal sealed class RunBench(EmbeddedSilo silo, Deployment deployment, CancellationToken interrupted)
{
    private readonly Lock _lock = new();
    private (DataSpec Spec, Lazy<Dataset<float>> Data)? _latest;

    /// <summary>Trains and analyses a run.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="productsInterval">Steps between records of the products; 0 records none.</param>
    /// <param name="report">Receives the progress.</param>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public async Task<(RunResult Result, FinishedRun Run)> Run(RunSpec spec, int productsInterval, ProgressReport report)
    {
        var result = await Train(spec, productsInterval, report);
        return (result, await Task.Run(() => Analyse(result), CancellationToken.None));
    }

    /// <summary>Trains a run.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="productsInterval">Steps between records of the products; 0 records none.</param>
    /// <param name="report">Receives the progress.</param>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public async Task<RunResult> Train(RunSpec spec, int productsInterval, ProgressReport report)
    {
        var result = await RunWatch.Train(silo.Client, spec, deployment, productsInterval, report, interrupted);
        interrupted.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>Analyses a run.</summary>
    public FinishedRun Analyse(RunResult result) => RunOutput.Analyse(result, Data(result.Spec.Data));

    // Successive runs mostly have the same data.
    private Dataset<float> Data(DataSpec spec)
    {
        Lazy<Dataset<float>> data;
        lock (_lock)
        {
            if (_latest is not { } latest || latest.Spec != spec) _latest = latest = (spec, new(() => Datasets.Load(spec)));
            data = latest.Data;
        }

        return data.Value;
    }
}
