using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Drains a silo that is asked to stop: its experts, routers and coordinators move to other silos while everything on it still runs, health
/// endpoints included.
/// </summary>
internal sealed partial class DrainOnStop(
    MoeOrleansOptions options, ILocalSiloDetails self, ClusterSilos silos, HostedGrains hosted, IGrainFactory grains, TimeProvider time, ILogger<DrainOnStop> log)
    : IHostedLifecycleService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    // The request is repeated: by then another silo may have the queue, or a grain that could not move may be able to.
    private static readonly TimeSpan s_requestInterval = TimeSpan.FromSeconds(1);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        silos.Drain(self.Name);
        if (options.DrainTimeout == TimeSpan.Zero) return;
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.DrainTimeout, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await Drain(ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The log entry below counts the grains that are left.
        }
#pragma warning disable CA1031 // A silo that is asked to stop stops, whatever fails in the cluster.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var reason = failure.Message.ReplaceLineEndings(" ");
            LogNotDrained(log, self.Name, reason);
            return;
        }

        var (left, seconds) = (hosted.Now.Length, time.GetElapsedTime(start).TotalSeconds);
        if (left == 0) LogDrained(log, self.Name, seconds);
        else LogGrainsLeft(log, self.Name, left);
    }

    /// <summary>Waits until no grain of a run is on this silo and no run calls grains on it.</summary>
    private async Task Drain(CancellationToken ended)
    {
        var queue = grains.GetGrain<IRunQueueGrain>(0);
        long? requested = null;
        // Grains can only move to a silo that stays.
        while (!silos.Open.IsEmpty)
        {
            try
            {
                if (requested is not { } last || time.GetElapsedTime(last) > s_requestInterval)
                {
                    await queue.Drain(self.Name).WaitAsync(ended);
                    requested = time.GetTimestamp();
                }

                if (hosted.Now.IsEmpty && !await queue.HostsGrainsOn(self.Name).WaitAsync(ended)) return;
            }
            catch (Exception failure) when (failure is OrleansException or TimeoutException)
            {
                // The silo of the queue may have stopped too, as in a rolling restart.
                requested = null;
                var reason = CallFailure.Reason(failure);
                LogRequestRepeated(log, self.Name, reason);
            }

            await Task.Delay(s_poll, time, ended);
        }
    }

    [LoggerMessage(EventId = 2314, Level = LogLevel.Information, Message = "Silo {Silo} repeats its request to be drained: {Reason}")]
    private static partial void LogRequestRepeated(ILogger log, string silo, string reason);

    [LoggerMessage(EventId = 2311, Level = LogLevel.Information, Message = "Silo {Silo} is drained, after {Seconds:0.0} s")]
    private static partial void LogDrained(ILogger log, string silo, double seconds);

    [LoggerMessage(EventId = 2312, Level = LogLevel.Warning, Message = "Silo {Silo} stops with {Count} experts, routers and coordinators that no other silo took")]
    private static partial void LogGrainsLeft(ILogger log, string silo, int count);

    [LoggerMessage(EventId = 2313, Level = LogLevel.Warning, Message = "Silo {Silo} stops without being drained: {Reason}")]
    private static partial void LogNotDrained(ILogger log, string silo, string reason);
}
