using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Silo.Configuration;

namespace MoeOrleans.Silo.Hosting;

/// <summary>
/// A silo that is asked to stop first gives its experts and routers away. It is stopped before the silo is, as it was added after it.
/// </summary>
internal sealed partial class DrainOnStop(SiloOptions options, ClusterSilos silos, IGrainFactory grains, ILogger<DrainOnStop> log) : IHostedService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        silos.Drain(options.Name);
        if (options.Drain == TimeSpan.Zero) return;
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.Drain);
            var left = await Drain(patience.Token);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (left == 0) LogDrained(log, options.Name, seconds);
            else LogGrainsLeft(log, options.Name, left);
        }
#pragma warning disable CA1031 // A silo that is asked to stop stops, whatever the cluster says.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var reason = failure.Message.ReplaceLineEndings(" ");
            LogNotDrained(log, options.Name, reason);
        }
    }

    /// <summary>Waits until nothing of a run lives here, and nobody calls what did.</summary>
    /// <returns>Grains that still do.</returns>
    private async Task<int> Drain(CancellationToken patience)
    {
        var runs = grains.GetGrain<IRunsGrain>(0);
        await runs.Drain(options.Name).WaitAsync(patience);
        while (true)
        {
            var status = await runs.GetStatus().WaitAsync(patience);
            var left = status.Silos.FirstOrDefault(silo => silo.Name == options.Name)?.Grains.Length ?? 0;
            // There has to be somebody to take them.
            var takers = status.Silos.Any(silo => silo.Name != options.Name && !silo.IsDraining);
            if (!takers || patience.IsCancellationRequested || (left == 0 && !await runs.Uses(options.Name).WaitAsync(patience))) return left;
            await Task.Delay(s_poll, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} is drained, after {Seconds:0.0} s")]
    private static partial void LogDrained(ILogger log, string silo, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} stops with {Count} experts, routers and coordinators that no other silo took")]
    private static partial void LogGrainsLeft(ILogger log, string silo, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} stops without being drained: {Reason}")]
    private static partial void LogNotDrained(ILogger log, string silo, string reason);
}
