using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Hosting.Silos;

/// <summary>
/// A silo that is asked to stop first gives away what lives on it, while all of it still runs, its health endpoints too.
/// </summary>
internal sealed partial class DrainOnStop(SiloOptions options, ClusterSilos silos, HostedGrains hosted, IGrainFactory grains, ILogger<DrainOnStop> log)
    : IHostedLifecycleService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the queue is told again: by then it may be another one, or what could not move may move.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        silos.Drain(options.Name);
        if (options.Drain == TimeSpan.Zero) return;
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.Drain);
            await Drain(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
#pragma warning disable CA1031 // A silo that is asked to stop stops, whatever the cluster says.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var reason = failure.Message.ReplaceLineEndings(" ");
            LogNotDrained(log, options.Name, reason);
            return;
        }

        var (left, seconds) = (hosted.Now.Length, Stopwatch.GetElapsedTime(start).TotalSeconds);
        if (left == 0) LogDrained(log, options.Name, seconds);
        else LogGrainsLeft(log, options.Name, left);
    }

    /// <summary>Waits until nothing of a run lives here, and nobody calls what did.</summary>
    private async Task Drain(CancellationToken patience)
    {
        var runs = grains.GetGrain<IRunQueueGrain>(0);
        long? told = null;
        // There has to be somebody to take them.
        while (!silos.Open.IsEmpty)
        {
            try
            {
                if (told is not { } last || Stopwatch.GetElapsedTime(last) > s_again)
                {
                    await runs.Drain(options.Name).WaitAsync(patience);
                    told = Stopwatch.GetTimestamp();
                }

                if (hosted.Now.IsEmpty && !await runs.HostsGrainsOn(options.Name).WaitAsync(patience)) return;
            }
            catch (Exception failure) when (failure is OrleansException or TimeoutException)
            {
                // The queue's silo may have gone, as where all are started anew one after the other.
                told = null;
                var reason = CallFailure.Reason(failure);
                LogNoQueue(log, options.Name, reason);
            }

            await Task.Delay(s_poll, patience);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} asks the queue of runs again: {Reason}")]
    private static partial void LogNoQueue(ILogger log, string silo, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} is drained, after {Seconds:0.0} s")]
    private static partial void LogDrained(ILogger log, string silo, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} stops with {Count} experts, routers and coordinators that no other silo took")]
    private static partial void LogGrainsLeft(ILogger log, string silo, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} stops without being drained: {Reason}")]
    private static partial void LogNotDrained(ILogger log, string silo, string reason);
}
