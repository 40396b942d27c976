using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Calls the queue when a silo is lost. If the queue was on that silo, the call activates another one, which looks for what the lost silo
/// leaves: otherwise experts of a lost run would stay until a client calls.
/// </summary>
/// <param name="membership">The silos of the cluster.</param>
/// <param name="hosted">The grains of runs on this silo.</param>
/// <param name="grains">Where grains are found.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class QueueCheck(
    IClusterMembershipService membership, HostedGrains hosted, IGrainFactory grains, TimeProvider time, ILogger<QueueCheck> log) : BackgroundService
{
    // The cluster needs some seconds to find out where grains are. After a minute this silo logs that the queue does not answer, and calls on:
    // nothing else calls the queue.
    private readonly RetryPolicy _retry = new(time) { Deadline = TimeSpan.FromMinutes(1) };

    // A call to a silo that is being lost may never be answered.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = ClusterSilos.MayHost(membership.CurrentSnapshot);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            // While a silo leaves, its queue may still answer: only its end counts.
            var now = ClusterSilos.MayHost(snapshot);
            var isLost = !known.IsSubsetOf(now);
            known = now;
            if (!isLost) continue;
            while (!hosted.Now.IsEmpty && !await CallQueue(stoppingToken)) { }
        }
    }

    private async Task<bool> CallQueue(CancellationToken stopping)
    {
        try
        {
            await _retry.Run(_ => grains.GetGrain<IRunQueueGrain>(0).List().WaitAsync(s_timeout, time, stopping), stopping);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the next call may succeed.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            var reason = CallFailure.Reason(failure);
            LogNoQueue(log, reason);
            return false;
        }
    }

    [LoggerMessage(EventId = 2315, Level = LogLevel.Warning, Message = "The run queue does not answer after the loss of a silo: {Reason}")]
    private static partial void LogNoQueue(ILogger log, string reason);
}
