using System.Diagnostics;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Telemetry;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>
/// The spans of a run. One trace holds the run with its restarts, placements and evaluation; each traced step is another one, with a link
/// to the run. Whether a step is traced is decided here, once. A slow or failed one is exported in any case, rebuilt from the times of
/// its calls and replies.
/// </summary>
/// <param name="runId">The run.</param>
/// <param name="share">Share of the steps that are traced, 0 to 1.</param>
internal sealed class RunTraces(string runId, double share) : IDisposable
{
    private readonly StepSampling _sampling = new(share);
    private readonly SlowSteps _slow = new();
    private Activity? _run;

    /// <summary>The run begins, or goes on after it has moved.</summary>
    /// <param name="experts">Number of experts.</param>
    /// <param name="shards">Number of shards.</param>
    public void BeginRun(int experts, int shards)
    {
        _run?.Dispose();
        _run = RunTelemetryNames.Begin(RunTelemetryNames.RunSpan)?
            .SetTag(GrainTelemetry.RunId, runId).SetTag(RunTelemetryNames.Experts, experts).SetTag(RunTelemetryNames.Shards, shards);
    }

    /// <summary>The span of a step that is traced; null for others.</summary>
    /// <param name="step">The step.</param>
    public Activity? BeginStep(long step) => _sampling.Takes(step) ? NewStep(step, default) : null;

    /// <summary>A span of the run's trace, such as a restart.</summary>
    /// <param name="name">Its name.</param>
    public Activity? BeginPart(string name) => _run is null ? null : RunTelemetryNames.Begin(name, _run.Context)?.SetTag(GrainTelemetry.RunId, runId);

    /// <summary>A step has ended.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Why its calls are of interest; null if they are not.</returns>
    public TraceReason? End(in StepReport step)
    {
        var timeline = step.Timeline;
        TraceReason? reason = _slow.IsSlow(step.Phases.Total) ? TraceReason.Slow : _sampling.Takes(timeline.Step) ? TraceReason.Sampled : null;
        if (reason is not null || timeline.Span is not null) Export(step);
        return reason;
    }

    private void Export(in StepReport step)
    {
        var timeline = step.Timeline;
        var isTraced = timeline.Span is not null;
        using var span = timeline.Span ?? NewStep(timeline.Step, timeline.Start);
        if (span is null) return;
        span.SetTag(RunTelemetryNames.Loss, step.Metrics.Loss).SetTag(RunTelemetryNames.Entropy, step.Metrics.Entropy);
        if (isTraced) return;
        RebuiltSpans.Add(span, timeline, step.Replies, unanswered: null);
        span.SetEndTime(timeline.Now.UtcDateTime);
    }

    /// <summary>A step has failed.</summary>
    /// <param name="timeline">When its calls were made.</param>
    /// <param name="replies">Replies of the routers that have answered; null for the others.</param>
    /// <param name="failure">Why.</param>
    public void Fail(StepTimeline timeline, IReadOnlyList<RouteReply?> replies, Exception failure)
    {
        using var span = timeline.Span ?? NewStep(timeline.Step, timeline.Start);
        if (span is null) return;
        span.Fail(failure);
        if (timeline.Span is null) RebuiltSpans.Add(span, timeline, replies, failure);
        span.SetEndTime(timeline.Now.UtcDateTime);
    }

    /// <inheritdoc/>
    public void Dispose() => _run?.Dispose();

    private Activity? NewStep(long step, DateTimeOffset start) => RunTelemetryNames
        .Begin(RunTelemetryNames.StepSpan, parent: default, link: _run?.Context ?? default, start)?
        .SetTag(GrainTelemetry.RunId, runId).SetTag(GrainTelemetry.Step, step);
}
