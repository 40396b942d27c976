using System.Collections.Concurrent;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Silos;

/// <summary>
/// The runs that this silo works for, and their data sets. A specification is parsed once for all its grains, and its data are
/// generated or read once.
/// </summary>
/// <param name="lane">Generates data sets.</param>
/// <param name="shared">Where silos of this machine share generated data sets; null if they do not.</param>
internal sealed class RunStore(ComputeLane lane, SharedData? shared = null)
{
    /// <summary>Released runs that are remembered, so that a late message cannot start one again.</summary>
    private const int ReleasedLimit = 1000;

    private readonly ConcurrentDictionary<string, (RunResources Resources, CancellationTokenSource Released)> _runs = new();
    private readonly HashSet<string> _released = [];
    private readonly Queue<string> _releasedOrder = new();
    private readonly Lock _lock = new();
    private LoadedData? _lastData;

    /// <summary>What the grains of a run share.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="InvalidOperationException">The run was released.</exception>
    public RunResources Get(RunContext run)
    {
        if (_runs.TryGetValue(run.RunId, out var known)) return known.Resources;
        RunIds.Check(run.RunId);
        var spec = RunSpecJson.Parse(run.Specification, $"run {run.RunId}");
        lock (_lock)
        {
            if (_released.Contains(run.RunId)) throw new InvalidOperationException($"Run {run.RunId} was released.");
            return _runs.GetOrAdd(run.RunId, _ => Resources(spec)).Resources;
        }
    }

    /// <summary>What the grains of a run share; null if this silo has none of it.</summary>
    /// <param name="runId">The run.</param>
    public RunResources? Find(string runId) => _runs.TryGetValue(runId, out var known) ? known.Resources : null;

    /// <summary>
    /// Releases a run: its computations end at the next block, and no other begins. Its data set is kept until a run needs
    /// another.
    /// </summary>
    /// <param name="runId">The run.</param>
    public void Release(string runId)
    {
        (RunResources Resources, CancellationTokenSource Released) run;
        lock (_lock)
        {
            _runs.TryRemove(runId, out run);
            if (!_released.Add(runId)) return;
            _releasedOrder.Enqueue(runId);
            if (_releasedOrder.Count > ReleasedLimit) _released.Remove(_releasedOrder.Dequeue());
        }

        // Not disposed: pieces of work may still read its token.
        run.Released?.Cancel();
    }

    private (RunResources Resources, CancellationTokenSource Released) Resources(RunSpec spec)
    {
        var released = new CancellationTokenSource();
        return (new RunResources(spec, () => Data(spec.Data), () => Replay(spec), () => Initial(spec), released.Token), released);
    }

    // Most runs name no recording: nothing is computed then.
    private Task<RoutingReplay?> Replay(RunSpec spec) =>
        spec.Routing.ReplaySha256.Length == 0 ? Task.FromResult<RoutingReplay?>(null) : LoadedData.On(lane, () => RoutingReplay.Load(spec));

    private Task<MixtureWeights<float>?> Initial(RunSpec spec) =>
        spec.Training.InitialWeightsSha256.Length == 0 ? Task.FromResult<MixtureWeights<float>?>(null) : LoadedData.On(lane, () => InitialWeights.Read(spec));

    private LoadedData Data(DataSpec spec)
    {
        lock (_lock)
        {
            if (_lastData is { HasFailed: false } last && last.Spec == spec) return last;
            return _lastData = new LoadedData(spec, lane, shared);
        }
    }
}
