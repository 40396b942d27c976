using System.Diagnostics;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>The traces and metrics of one run, and what those who watch it see.</summary>
internal sealed class RunTelemetry : IDisposable
{
    private readonly RunFacts _run;
    private readonly RunTraces _traces;
    private readonly RunMeter _meter;
    private readonly DispatchHistory _history;
    private readonly TimeProvider _time;
    private long _generation;
    private int _restarts;

    /// <param name="run">The run.</param>
    /// <param name="options">What the silo's telemetry is like.</param>
    /// <param name="phase">Reads what the run is doing.</param>
    /// <param name="assignment">Reads the silos of experts and routers.</param>
    /// <param name="time">The clock.</param>
    public RunTelemetry(RunFacts run, TelemetryOptions options, Func<RunPhase> phase, Func<RunAssignment> assignment, TimeProvider time)
    {
        (_run, _time) = (run, time);
        (_traces, _meter, _history) = (new RunTraces(run.RunId, run.TracedShare), new RunMeter(run, options, phase), new DispatchHistory(options.Silo, run.Experts, assignment));
    }

    /// <summary>What the steps do, for those who watch the run.</summary>
    public DispatchStatus Dispatch => _history.Status(_generation, _restarts);

    /// <summary>The run begins, or goes on after it has moved.</summary>
    public void BeginRun() => _traces.BeginRun(_run.Experts, _run.Shards);

    /// <summary>A step begins.</summary>
    /// <param name="step">The step.</param>
    /// <param name="shards">Shards of its minibatch.</param>
    public StepTimeline BeginStep(long step, int shards) => new(_time, step, shards, _run.Experts, _traces.BeginStep(step));

    /// <summary>A span of the run's trace, such as a restart; null if it is not wanted.</summary>
    /// <param name="name">Its name.</param>
    public Activity? BeginPart(string name) => _traces.BeginPart(name);

    /// <summary>A step has ended.</summary>
    /// <param name="report">The step.</param>
    /// <param name="isFirst">Whether it was never committed before.</param>
    public void EndStep(in StepReport report, bool isFirst)
    {
        if (_traces.End(report) is { } reason) _history.Keep(report.Timeline, report.Replies, reason);
        _meter.Record(report, isFirst);
        _history.Add(report, isFirst);
    }

    /// <summary>A step has failed, or another one before it.</summary>
    /// <param name="timeline">When its calls were made.</param>
    /// <param name="replies">Replies of the routers that have answered; null for the others.</param>
    /// <param name="failure">Why.</param>
    public void FailStep(StepTimeline timeline, IReadOnlyList<RouteReply?> replies, Exception failure)
    {
        _traces.Fail(timeline, replies, failure);
        _history.Keep(timeline, replies, TraceReason.Failed, failure.Message.ReplaceLineEndings(" "));
    }

    /// <summary>A generation holds the run now.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="restarts">How often the run went back to step 0.</param>
    public void Restarted(long generation, int restarts)
    {
        (_generation, _restarts) = (generation, restarts);
        _meter.Restarted(generation, restarts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _meter.Dispose();
    }
}
