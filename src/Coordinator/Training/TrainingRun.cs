using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>One run: puts recovery, step loop and conclusion together, and keeps their progress for the coordinator to report.</summary>
internal sealed partial class TrainingRun : IDisposable
{
    private readonly AssignmentPlanner _silos;
    private readonly ExpertsAndRouters _grains;
    private readonly CurrentProgress _current;
    private readonly RoutingRecorder _routing;
    private readonly StepLoop _steps;
    private readonly Conclusion _conclusion;
    private readonly Recovery _recovery;
    private readonly StepWatch _watch;
    private readonly RunTelemetry _telemetry;
    private readonly TimeProvider _time;
    private bool _resume;

    /// <summary>Prepares a run to be started, or to be resumed.</summary>
    /// <param name="grains">Where grains are found.</param>
    /// <param name="silos">The silos of the cluster.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="telemetry">What the silo's telemetry is like.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="snapshot">The run as a coordinator on another silo left it; null at the start.</param>
    /// <exception cref="SpecificationException">The specification is not valid.</exception>
    /// <exception cref="ArgumentException">The run cannot be spread or named like that.</exception>
    public TrainingRun(IGrainFactory grains, ClusterSilos silos, RunRequest request, TelemetryOptions telemetry, ILogger log, TimeProvider time, TrainingSnapshot? snapshot = null)
    {
        var (spec, runId, retry) = (Check(request), request.Run.RunId, new RetryPolicy(time));
        var context = request.Run with { Dispatch = request.Deployment.Dispatch };
        _time = time;
        _silos = new AssignmentPlanner(grains, silos, context, (spec.Model.Experts, request.Deployment.Shards), retry, why => LogLeftOut(log, runId, why));
        _grains = new ExpertsAndRouters(grains, _silos, context, spec, request.Deployment, retry);
        _current = snapshot?.ToProgress(spec.Training) ?? new CurrentProgress(TrainingProgress.None);
        if (snapshot is not null) _silos.Resume(snapshot.Silos);
        _routing = new RoutingRecorder(request.RoutingInterval, time);
        if (snapshot?.Routing is { } routing) _routing.Snapshot = routing;
        // A run without a generation has no step to resume from.
        _resume = _current.Value.Generation > 0;
        _telemetry = new RunTelemetry(new RunFacts(runId, spec.Model.Experts, request.Deployment.Shards, request.TracedShare), telemetry, () => _current.Phase, () => _silos.Assignment, time);
        var (training, products) = (new TrainingGrains(_grains, spec, retry, _telemetry, log), new ProductsRecorder(spec, request.ProductsInterval));
        _steps = new StepLoop(spec, training, (products, _routing), new PeriodicEvaluation(spec, training, retry), _current, _telemetry, time);
        _conclusion = new Conclusion(request, spec, training, products, _current, retry);
        _watch = new StepWatch(_silos.Assigned, _current, time);
        _recovery = new Recovery(runId, spec, training, _current, _telemetry, time, log);
    }

    /// <summary>What is being done.</summary>
    public RunPhase Phase => _current.Phase;

    /// <summary>Where the run is.</summary>
    public TrainingProgress Progress => _current.Value;

    /// <summary>The step in progress, if it takes long.</summary>
    public StepStatus? LongStep => _watch.Look();

    /// <summary>What the steps do.</summary>
    public DispatchStatus Dispatch => _telemetry.Dispatch;

    /// <summary>Whether the run is to pause, or was to when it ended.</summary>
    public bool PauseRequested => _current.PauseRequested;

    /// <summary>All that a coordinator on another silo needs to resume a run that is paused, or to report one that has ended.</summary>
    public TrainingSnapshot Snapshot => TrainingSnapshot.Of(_silos.Snapshot, _current) with { Routing = _routing.Snapshot };

    /// <summary>A piece of the recorded routing (<see cref="RoutingRecorder.Get"/>).</summary>
    public RecordedRouting? Routing(int record, int first) => _routing.Get(record, first);

    /// <summary>Checks a request before anything is done for it.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Its specification.</returns>
    /// <exception cref="SpecificationException">The specification is not valid.</exception>
    /// <exception cref="ArgumentException">The run cannot be spread like that.</exception>
    public static RunSpec Check(RunRequest request)
    {
        RunIds.Check(request.Run.RunId);
        var (spec, deployment) = (RunSpecJson.Parse(request.Run.Specification, $"run {request.Run.RunId}"), request.Deployment);
        var blocks = Deployment.Blocks(spec);
        if (deployment.Shards < 1 || deployment.Shards > blocks || deployment.Silos < 1 || deployment.Threads < 1)
            throw new ArgumentException($"A run needs silos and threads, and 1 to {blocks} shards: {deployment}.", nameof(request));
        if (request.Name is { } name && !PlainWord.Is(name)) throw new ArgumentException($"The name of a run has {PlainWord.Meaning}.", nameof(request));
        if ((request.Name ?? request.SpecHash) is not null && request.SpecHash != SpecHash.Of(spec))
            throw new ArgumentException("The hash of the specification is not that of the specification.", nameof(request));
        return spec;
    }

    /// <summary>Ends the run after the step in progress.</summary>
    public void RequestStop() => _current.StopRequested = true;

    /// <summary>Whether the run has or calls grains on a silo.</summary>
    /// <param name="silo">Name of the silo.</param>
    public bool HostsGrainsOn(string silo) => _silos.HostsGrainsOn(silo);

    /// <summary>Pauses the run between two steps, so that a coordinator on another silo can resume it.</summary>
    public void RequestPause() => _current.PauseRequested = true;

    /// <summary>No other silo can resume the paused run: the next <see cref="Run"/> does.</summary>
    public void ResumeHere() => (_current.PauseRequested, _resume) = (false, true);

    /// <summary>Trains and evaluates; restarts after failures that can be mended that way.</summary>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <returns>The summary; null if the run is paused.</returns>
    /// <exception cref="InvalidOperationException">The run diverged, was deposed, or restarts made no progress.</exception>
    /// <exception cref="RunStoppedException">A stop was requested while no step of the run was left.</exception>
    public async Task<RunSummary?> Run(CancellationToken aborted)
    {
        var (start, before) = (_time.GetTimestamp(), _current.Value.Elapsed);
        _telemetry.BeginRun();
        _telemetry.Restarted(_current.Value.Generation, _current.Value.Restarts);
        RunSummary? summary;
        try
        {
            summary = await _recovery.Run(TrainAndConclude, _resume, aborted);
        }
        finally
        {
            // Also of a run that fails.
            _current.Value = _current.Value with { Elapsed = before + _time.GetElapsedTime(start) };
        }

        _resume = false;
        return summary is null ? null : summary with { WallSeconds = _current.Value.Elapsed.TotalSeconds };
    }

    /// <summary>The weights are kept elsewhere from now on.</summary>
    public void DropWeights() => _current.Value = _current.Value with { FinalWeights = null, BestWeights = null };

    /// <summary>The run has ended, or goes on elsewhere: its metrics stop, and its span ends.</summary>
    public void Dispose() => _telemetry.Dispose();

    /// <summary>Stops computing for the run: a step in progress ends between two blocks.</summary>
    public Task Cancel() => _silos.Release();

    /// <summary>Deactivates the run's experts and routers; silos drop what they hold of it.</summary>
    public async Task Release()
    {
        try
        {
            await _silos.Release();
        }
        finally
        {
            // Also if a silo did not get the message: nothing else would ever deactivate them.
            await _grains.Release();
        }
    }

    private async Task<RunSummary?> TrainAndConclude(CancellationToken aborted)
    {
        if (await _steps.Run(aborted) is not { } end) return null;
        using var span = _telemetry.BeginPart(RunTelemetryNames.EvaluationSpan);
        try
        {
            return await _conclusion.Conclude(end, aborted);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    [LoggerMessage(EventId = 2118, Level = LogLevel.Warning, Message = "Run {RunId} continues without a silo that joined. {Reason}")]
    private static partial void LogLeftOut(ILogger log, string runId, string reason);
}
