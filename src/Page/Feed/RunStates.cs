using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Page.Feed;

/// <summary>Says what a run is and does, from what its coordinator reports.</summary>
internal static class RunStates
{
    /// <summary>A run that has not begun.</summary>
    /// <param name="entry">The run in the queue.</param>
    public static RunMessage Waiting(QueueEntry entry) => new(
        entry.RunId, entry.State switch { QueueEntryState.Queued => "waiting", QueueEntryState.Active => "preparing", QueueEntryState.Withdrawn => "stopped", var ended => Name(ended) },
        Step: entry.StepsDone, Steps: entry.Steps, Shards: entry.Deployment.Shards, Silos: entry.Deployment.Silos, Threads: entry.Deployment.Threads,
        Dispatch: Name(entry.Deployment.Dispatch), Error: entry.Error);

    /// <summary>A run that has begun.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="spec">Its specification.</param>
    /// <param name="status">How far it is.</param>
    /// <param name="dispatch">What its steps do; null if that is not known.</param>
    /// <param name="stepMilliseconds">What a step takes; null if that is not known.</param>
    public static RunMessage Of(RunRequest request, RunSpec spec, RunStatus status, DispatchStatus? dispatch, double? stepMilliseconds)
    {
        var byShard = spec.Data.Clusters == 1;
        var left = status.Phase == RunPhase.Training ? (spec.Training.Steps - status.StepsDone) * stepMilliseconds / 1000 : null;
        return new RunMessage(
            request.Run.RunId, Name(status.Phase), status.StepsDone, spec.Training.Steps, dispatch?.Generation ?? 0, dispatch?.Restarts ?? 0, spec.Model.Experts,
            byShard ? "shard" : "cluster", byShard ? request.Deployment.Shards : spec.Data.Clusters, ModelNames.Of(spec.Model), ModelNames.Of(spec.Data), SpecHash.Of(spec),
            request.Deployment.Shards, request.Deployment.Silos, request.Deployment.Threads, Name(request.Deployment.Dispatch), left, status.Error, status.LongStep,
            status.Summary is { } summary ? Of(summary) : null);
    }

    /// <summary>Where the grains of a run are.</summary>
    public static TopologyMessage Topology(DispatchStatus dispatch) => new(dispatch.Silo, dispatch.Assignment.Experts, dispatch.Assignment.Routers);

    /// <summary>The calls of some of its last steps.</summary>
    public static TracesMessage Traces(DispatchStatus dispatch) => new([.. dispatch.Traces.Select(trace => new TraceMessage(
        trace.Step, trace.Start, Short(trace.Milliseconds), Name(trace.Reason), trace.Error,
        [.. trace.Calls.Select(call => new SpanMessage(
            Name(call.Kind), NotNegative(call.Shard), NotNegative(call.Expert), call.Silo, Short(call.Start), Short(call.Duration), call.Samples > 0 ? call.Samples : null, call.Attempts,
            call.IsAnswered ? null : "not answered"))]))]);

    /// <summary>An enumeration's value as the page has it.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>A time to the microsecond.</summary>
    public static double Short(double milliseconds) => Math.Round(milliseconds, 3);

    private static int? NotNegative(int index) => index < 0 ? null : index;

    private static SummaryMessage Of(RunSummary summary) => new(
        summary.TestAccuracy, summary.TestAccuracyWithoutNoise, summary.TrainAccuracy, summary.FinalLoss, summary.DispatchEntropy, summary.Steps, FindingsFormat.Name(summary.StopReason),
        summary.WallSeconds, summary.WeightsSha256);
}
