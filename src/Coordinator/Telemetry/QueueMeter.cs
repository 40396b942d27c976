using System.Diagnostics.Metrics;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>The metrics of the run queue. They stop when the queue leaves its silo: the meter is the queue's own.</summary>
internal sealed class QueueMeter : IDisposable
{
    private readonly Meter _meter = new(RunTelemetryNames.Name);
    private readonly UpDownCounter<int> _runs;
    private int _queued;
    private int _active;

    public QueueMeter() => _runs = _meter.CreateUpDownCounter<int>(RunTelemetryNames.QueueRuns, "{run}", "Runs that wait in the queue, or train");

    /// <summary>The queue is like this now.</summary>
    /// <param name="queued">Runs that wait.</param>
    /// <param name="active">Runs that train.</param>
    public void Set(int queued, int active)
    {
        _runs.Add(queued - _queued, new KeyValuePair<string, object?>(RunTelemetryNames.State, "queued"));
        _runs.Add(active - _active, new KeyValuePair<string, object?>(RunTelemetryNames.State, "active"));
        (_queued, _active) = (queued, active);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
