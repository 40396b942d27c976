using System.Collections.Immutable;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Page.Feed;

/// <summary>Follows one run by asking its coordinator.</summary>
/// <param name="runId">The run.</param>
/// <param name="source">The cluster.</param>
/// <param name="notices">Receives what has happened.</param>
internal sealed class RunWatcher(string runId, PageSource source, Notices notices)
{
    // A step of the last ones: enough to even out.
    private const int RecentSteps = 25;

    private readonly ICoordinatorGrain _coordinator = source.Grains.GetGrain<ICoordinatorGrain>(runId);
    private readonly LiveSteps _live = new(source.Time);
    private RunRequest? _request;
    private RunSpec? _spec;
    private DispatchStatus? _dispatch;
    private double? _stepMilliseconds;
    private bool _hasEnded;

    /// <summary>The run.</summary>
    public string RunId => runId;

    /// <summary>Its curves.</summary>
    public Curve Curve { get; } = new();

    /// <summary>How far it is; null until it was asked.</summary>
    public RunMessage? Run { get; private set; }

    /// <summary>What its steps did; null before the first.</summary>
    public LiveMessage? Live { get; private set; }

    /// <summary>Where its grains are; null until they are placed.</summary>
    public TopologyMessage? Topology { get; private set; }

    /// <summary>The calls of some of its last steps; null before the first.</summary>
    public TracesMessage? Traces { get; private set; }

    /// <summary>Asks how far the run is.</summary>
    /// <param name="entry">The run in the queue.</param>
    public async Task Update(QueueEntry entry)
    {
        // All is known of it.
        if (_hasEnded) return;
        var before = Run;
        Run = await Ask(entry);
        notices.Compare(before, Run);
        _hasEnded = entry.State is QueueEntryState.Done or QueueEntryState.Failed or QueueEntryState.Withdrawn && Run.Phase is "done" or "failed" or "stopped";
    }

    private async Task<RunMessage> Ask(QueueEntry entry)
    {
        if (entry.State == QueueEntryState.Queued) return RunStates.Waiting(entry);
        _request ??= await source.Ask(_coordinator.GetRequest());
        if (_request is null) return RunStates.Waiting(entry);
        _spec ??= RunSpecJson.Parse(_request.Run.Specification, $"run {runId}");
        var status = await Records();
        if (status.Phase == RunPhase.Unknown) return RunStates.Waiting(entry);
        if (await source.Ask(_coordinator.GetDispatch()) is { } dispatch) See(dispatch);
        return RunStates.Of(_request, _spec, status, _dispatch, _stepMilliseconds);
    }

    private async Task<RunStatus> Records()
    {
        while (true)
        {
            var status = await source.Ask(_coordinator.GetStatus(Curve.Steps));
            // A restarted run has fewer steps than before.
            if (status.StepsDone < Curve.Steps && status.Phase != RunPhase.Unknown) Curve.Clear();
            else Curve.Add(status.Records);
            if (!status.Records.IsEmpty) _stepMilliseconds = status.Records.TakeLast(RecentSteps).Average(record => record.StepMilliseconds);
            if (Curve.Steps >= status.StepsDone || status.Records.IsEmpty) return status;
        }
    }

    private void See(DispatchStatus dispatch)
    {
        if (_dispatch is { } before) notices.Compare(before, dispatch);
        var isMoved = _dispatch is null || _dispatch.Silo != dispatch.Silo || _dispatch.Assignment.Number != dispatch.Assignment.Number;
        var isTraced = _dispatch is null || Last(_dispatch.Traces) != Last(dispatch.Traces) || _dispatch.Traces.Length != dispatch.Traces.Length;
        if (isMoved && !dispatch.Assignment.Experts.IsDefaultOrEmpty) Topology = RunStates.Topology(dispatch);
        if (isTraced) Traces = RunStates.Traces(dispatch);
        Live = _live.Update(dispatch) ?? Live;
        _dispatch = dispatch;

        static DateTimeOffset? Last(ImmutableArray<StepTrace> traces) => traces.IsEmpty ? null : traces[^1].Start;
    }
}
