using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MoeOrleans.Grains.Telemetry;

/// <summary>Names of spans, attributes and metrics of experts and routers. docs/observability.md describes each of them.</summary>
internal static class GrainTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "MoeOrleans.Grains";

    // Spans.
    public const string RouteSpan = "moe.route";
    public const string DispatchSpan = "moe.dispatch";
    public const string ComputeSpan = "moe.expert.compute";
    public const string CommitSpan = "moe.expert.commit";

    // Attributes.
    public const string RunId = "moe.run.id";
    public const string Step = "moe.step";
    public const string Expert = "moe.expert";
    public const string Silo = "moe.silo";
    public const string Shard = "moe.shard";
    public const string Samples = "moe.samples";
    public const string DispatchMode = "moe.dispatch.mode";
    public const string DispatchBytes = "moe.dispatch.bytes";
    public const string Decision = "moe.decision";
    public const string CommitWait = "moe.expert.commit_wait";
    public const string Queue = "moe.expert.queue";
    public const string GrainKind = "moe.grain";
    public const string ErrorType = "error.type";

    /// <summary>Begins the spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Holds the metrics.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Samples that routers sent to experts, with those that were sent again.</summary>
    public static Counter<long> SentSamples { get; } = Meter.CreateCounter<long>(
        "moe.dispatch.samples", "{sample}", "Samples that routers sent to experts; those sent again count again");

    /// <summary>Bytes of the numbers in dispatches to other silos.</summary>
    public static Counter<long> SentBytes { get; } = Meter.CreateCounter<long>(
        "moe.dispatch.size", "By", "Numbers that dispatches carried to other silos: indexes, gates and, by payload, samples");

    /// <summary>Begins a span below one that a message names.</summary>
    /// <param name="span">Name of the span.</param>
    /// <param name="parent">The span above, as W3C traceparent; null if the step is not traced.</param>
    /// <returns>The span; null if it is not wanted.</returns>
    public static Activity? Start(string span, string? parent) =>
        parent is not null && ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? Source.StartActivity(span, ActivityKind.Internal, context)
            : null;

    /// <summary>The span's work has failed.</summary>
    /// <param name="span">The span; may be null.</param>
    /// <param name="failure">Why.</param>
    public static void Fail(this Activity? span, Exception failure) => span?
        .SetStatus(ActivityStatusCode.Error, failure.Message)
        .SetTag(ErrorType, failure.GetType().FullName);
}
