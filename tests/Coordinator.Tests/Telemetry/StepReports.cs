using MoeOrleans.Compute.Metrics;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Tests.Telemetry;

/// <summary>Steps as a coordinator reports them.</summary>
internal static class StepReports
{
    /// <summary>A step of one shard.</summary>
    /// <param name="timeline">Its calls.</param>
    /// <param name="samples">Samples of each expert.</param>
    /// <param name="isCommitted">Whether it was committed.</param>
    public static StepReport Of(StepTimeline timeline, int[] samples, bool isCommitted = true)
    {
        var counts = new DispatchCounts(1, samples.Length);
        counts.Add(samples);
        var phases = new StepPhases(Milliseconds(1), Milliseconds(2), Milliseconds(3), Milliseconds(4), Milliseconds(5));
        return new StepReport(new StepMetrics(timeline.Step, 0.5, 75, counts.Entropy(), counts.Imbalance()), counts, [Reply(samples)], timeline, phases, isCommitted);
    }

    /// <summary>The reply of a router: expert m was dispatched to after m ms, and took 2 ms for the wait, 3 in the queue, 4 computing.</summary>
    /// <param name="samples">Samples of each expert.</param>
    public static RouteReply Reply(int[] samples) => new(
        [], new WireTensor<int>(samples), 0, WireTensor<double>.None, WireTensor<int>.None, WireTensor<float>.None, 0, 20,
        [.. samples.Select((count, m) => count == 0 ? default : new RoutedDispatch(count, m, 10, new DispatchTiming(2, 3, 4)))]);

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
