using System.Collections.Concurrent;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Routing;
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
    private readonly ConcurrentDictionary<string, Lazy<Task<RunResources>>> _runs = new();
    private readonly Lock _dataLock = new();
    private (DataSpec Spec, Task<Dataset<float>> Data)? _lastData;

    /// <summary>What the grains of a run share.</summary>
    /// <param name="run">The run.</param>
    public Task<RunResources> Get(RunContext run)
    {
        var entry = _runs.GetOrAdd(run.RunId, _ => new(() => Load(run)));
        // A failure is not kept: the next attempt loads anew.
        if (entry.Value is { IsCompleted: true, IsCompletedSuccessfully: false }) _runs.TryRemove(KeyValuePair.Create(run.RunId, entry));
        return entry.Value;
    }

    /// <summary>Forgets a run that is over. Its data set is kept until another is asked for.</summary>
    /// <param name="runId">The run.</param>
    public void Release(string runId) => _runs.TryRemove(runId, out _);

    private async Task<RunResources> Load(RunContext run)
    {
        var spec = RunSpecJson.Parse(run.Specification, $"run {run.RunId}");
        // Not on the turn of the grain that happened to ask first.
        var data = await Data(spec.Data).ConfigureAwait(false);
        return new RunResources(
            spec,
            data,
            ExpertKinds.Parameters(spec.Model, data.Train.Dim, data.Train.Patches),
            RouterGradientLayout.Of(spec, data.Train.Dim),
            new RouterNoise<float>(spec.Routing, spec.Training.Seed));
    }

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
            await lane.Run(int.MaxValue, _ => data = Datasets.Load(spec)).ConfigureAwait(false);
            return data!;
        }
    }
}
