using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Telemetry;

namespace MoeOrleans.Grains.Routers;

/// <summary>Where the time of one route goes: its span, and those and the times of its dispatches.</summary>
/// <param name="time">The clock.</param>
/// <param name="span">The span of the route; null if its step is not traced, or this silo exports no traces.</param>
internal sealed class RouteTimes(TimeProvider time, Activity? span)
{
    private readonly long _start = time.GetTimestamp();
    private RoutedDispatch[] _dispatches = [];

    /// <summary>The dispatches that were answered, one for each expert.</summary>
    public ImmutableArray<RoutedDispatch> Dispatches => ImmutableCollectionsMarshal.AsImmutableArray(_dispatches);

    /// <summary>The route begins.</summary>
    /// <param name="experts">Number of experts.</param>
    /// <param name="samples">Samples of the shard.</param>
    public void Begin(int experts, int samples)
    {
        _dispatches = new RoutedDispatch[experts];
        span?.SetTag(GrainTelemetry.Samples, samples);
    }

    /// <summary>Sends a dispatch and waits for its answer.</summary>
    /// <param name="request">The route.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="silo">Name of its silo.</param>
    /// <param name="samples">Samples dispatched.</param>
    /// <param name="dispatch">Sends it, given its span; the trace goes on below.</param>
    public async Task<DispatchReply> Dispatch(RouteRequest request, int expert, string? silo, int samples, Func<Activity?, string?, Task<DispatchReply>> dispatch)
    {
        // A silo that exports nothing still hands the trace on.
        using var own = span is null ? null : GrainTelemetry.Source.StartActivity(GrainTelemetry.DispatchSpan, ActivityKind.Internal, span.Context);
        own?.SetTag(GrainTelemetry.Step, request.Step).SetTag(GrainTelemetry.Expert, expert).SetTag(GrainTelemetry.Silo, silo).SetTag(GrainTelemetry.Samples, samples);
        var start = time.GetTimestamp();
        try
        {
            var reply = await dispatch(own, own?.Id ?? request.Trace);
            own?.SetTag(GrainTelemetry.Decision, reply.Kind.ToString());
            _dispatches[expert] = new RoutedDispatch(
                samples, (float)time.GetElapsedTime(_start, start).TotalMilliseconds, (float)time.GetElapsedTime(start).TotalMilliseconds, reply.Timing);
            return reply;
        }
        catch (Exception failure)
        {
            own.Fail(failure);
            throw;
        }
    }
}
