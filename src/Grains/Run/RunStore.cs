using System.Collections.Concurrent;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Contracts;
using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Run;

/// <summary>
/// The runs that this silo works for, and their data sets: a specification is parsed once and its data made or read once,
/// whichever of its grains asks first.
/// </summary>
/// <param name="lane">Data sets are made on the compute lane.</param>
public sealed class RunStore(ComputeLane lane)
{
    private readonly ConcurrentDictionary<string, RunResources> _runs = new();
    private readonly Lock _dataLock = new();
    private (DataSpec Spec, Task<Dataset<float>> Data)? _lastData;

    /// <summary>What the grains of a run share.</summary>
    /// <param name="run">The run.</param>
    public RunResources Get(RunContext run)
    {
        if (_runs.TryGetValue(run.RunId, out var resources)) return resources;
        var spec = RunSpecJson.Parse(run.Specification, $"run {run.RunId}");
        return _runs.GetOrAdd(run.RunId, new RunResources(spec, () => Data(spec.Data)));
    }

    /// <summary>Forgets a run that is over. Its data set is kept until another is asked for.</summary>
    /// <param name="runId">The run.</param>
    public void Release(string runId) => _runs.TryRemove(runId, out _);

    private Task<Dataset<float>> Data(DataSpec spec)
    {
        lock (_dataLock)
        {
            if (_lastData is { } last && last.Spec == spec && (!last.Data.IsCompleted || last.Data.IsCompletedSuccessfully)) return last.Data;
            var data = Load();
            _lastData = (spec, data);
            return data;
        }

        async Task<Dataset<float>> Load()
        {
            Dataset<float>? data = null;
            // Not on the turn of the grain that happened to ask first.
            await lane.Run(int.MaxValue, _ => data = Datasets.Load(spec)).ConfigureAwait(false);
            return data!;
        }
    }
}
