using System.Diagnostics;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>Names of spans, attributes and metrics of runs. docs/observability.md describes each of them.</summary>
internal static class RunTelemetryNames
{
    /// <summary>Name of the activity source and of the meters.</summary>
    public const string Name = "MoeOrleans.Coordinator";

    // Spans.
    public const string RunSpan = "moe.run";
    public const string StepSpan = "moe.step";
    public const string PlacementSpan = "moe.placement";
    public const string RestartSpan = "moe.restart";
    public const string EvaluationSpan = "moe.evaluation";

    // Attributes of spans.
    public const string Experts = "moe.experts";
    public const string Shards = "moe.shards";
    public const string Loss = "moe.training.loss";
    public const string Entropy = "moe.routing.entropy";
    public const string Attempts = "moe.attempts";
    public const string Rebuilt = "moe.rebuilt";

    // Attributes of metrics.
    public const string Phase = "moe.step.phase";
    public const string State = "moe.run.state";
    public const string RunPhase = "moe.run.phase";

    // Metrics.
    public const string RunInfo = "moe.run.info";
    public const string RunActive = "moe.run.active";
    public const string RunSteps = "moe.run.steps";
    public const string RunRestarts = "moe.run.restarts";
    public const string RunGeneration = "moe.run.generation";
    public const string TrainingLoss = "moe.training.loss";
    public const string TrainingAccuracy = "moe.training.accuracy";
    public const string StepDuration = "moe.step.duration";
    public const string PhaseDuration = "moe.step.phase.duration";
    public const string ExpertSamples = "moe.expert.samples";
    public const string ExpertLoad = "moe.expert.relative_load";
    public const string OtherLoad = "moe.expert.other.relative_load";
    public const string ExpertCommitWait = "moe.expert.commit_wait.duration";
    public const string ExpertQueue = "moe.expert.queue.duration";
    public const string ExpertCompute = "moe.expert.compute.duration";
    public const string ExpertCommit = "moe.expert.commit.duration";
    public const string RoutingEntropy = "moe.routing.entropy";
    public const string RoutingViolation = "moe.routing.max_violation";
    public const string RoutingIdle = "moe.routing.idle_experts";
    public const string QueueRuns = "moe.queue.runs";

    /// <summary>Begins the spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Begins a span that does not inherit the current one, which stays in place.</summary>
    /// <param name="name">Name of the span.</param>
    /// <param name="parent">The span above; the default begins a trace.</param>
    /// <param name="link">A span that it belongs to; the default is none.</param>
    /// <param name="start">When it began; the default is now.</param>
    /// <returns>The span; null if it is not wanted.</returns>
    // Steps overlap, and the loop that begins them is a continuation of the call that started the run: nothing is inherited.
    public static Activity? Begin(string name, ActivityContext parent = default, ActivityContext link = default, DateTimeOffset start = default)
    {
        if (!Source.HasListeners()) return null;
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            return Source.StartActivity(name, ActivityKind.Internal, parent, links: link == default ? null : [new ActivityLink(link)], startTime: start);
        }
        finally
        {
            Activity.Current = current;
        }
    }
}
