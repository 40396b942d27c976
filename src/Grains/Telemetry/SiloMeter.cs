using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Telemetry;

/// <summary>The metrics of a silo: its compute lane, and the grains of runs on it.</summary>
/// <param name="lane">The compute lane.</param>
/// <param name="hosted">The grains.</param>
internal sealed class SiloMeter(ComputeLane lane, HostedGrains hosted) : IHostedService, IDisposable
{
    public const string LaneBusy = "moe.lane.busy";
    public const string LaneThreads = "moe.lane.threads";
    public const string SiloGrains = "moe.silo.grains";

    private readonly Meter _meter = new(GrainTelemetry.Name);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableCounter(LaneBusy, () => lane.Busy.TotalSeconds, "s", "Time that compute threads have spent on work, summed");
        _meter.CreateObservableGauge(LaneThreads, () => lane.Threads, "{thread}", "Compute threads");
        _meter.CreateObservableGauge(SiloGrains, Grains, "{grain}", "Grains of runs on this silo");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Grains()
    {
        var now = hosted.Now;
        return Enum.GetValues<HostedGrainKind>().Select(kind => new Measurement<int>(
            now.Count(grain => grain.Kind == kind), new KeyValuePair<string, object?>(GrainTelemetry.GrainKind, kind.ToString().ToLowerInvariant())));
    }
}
