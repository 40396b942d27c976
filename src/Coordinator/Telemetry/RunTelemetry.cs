using System.Diagnostics;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>The traces and metrics of one run.</summary>
internal sealed class RunTelemetry : IDisposable
{
    private readonly RunFacts _run;
    private readonly RunTraces _traces;
    private readonly RunMeter _meter;
    private readonly TimeProvider _time;

    /// <param name="run">The run.</param>
    /// <param name="options">What the silo's telemetry is like.</param>
    /// <param name="phase">Reads what the run is doing.</param>
    /// <param name="time">The clock.</param>
    public RunTelemetry(RunFacts run, TelemetryOptions options, Func<RunPhase> phase, TimeProvider time)
    {
        (_run, _time) = (run, time);
        (_traces, _meter) = (new RunTraces(run.RunId, run.TracedShare), new RunMeter(run, options, phase));
    }

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
        _traces.End(report);
        _meter.Record(report, isFirst);
    }

    /// <summary>A step has failed, or another one before it.</summary>
    /// <param name="timeline">When its calls were made.</param>
    /// <param name="replies">Replies of the routers that have answered; null for the others.</param>
    /// <param name="failure">Why.</param>
    public void FailStep(StepTimeline timeline, IReadOnlyList<RouteReply?> replies, Exception failure) => _traces.Fail(timeline, replies, failure);

    /// <summary>A generation holds the run now.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="restarts">How often the run went back to step 0.</param>
    public void Restarted(long generation, int restarts) => _meter.Restarted(generation, restarts);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _meter.Dispose();
    }
}
