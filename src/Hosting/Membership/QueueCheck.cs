using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Calls;
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
    // The cluster needs some seconds to find out where grains are.
    private readonly RetryPolicy _retry = new(time) { Deadline = TimeSpan.FromMinutes(1) };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = Active(membership.CurrentSnapshot);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var now = Active(snapshot);
            var isLost = !known.IsSubsetOf(now);
            known = now;
            if (isLost && !hosted.Now.IsEmpty) await CallQueue(stoppingToken);
        }
    }

    private static ImmutableHashSet<SiloAddress> Active(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    private async Task CallQueue(CancellationToken stopping)
    {
        try
        {
            await _retry.Run(_ => grains.GetGrain<IRunQueueGrain>(0).List(), stopping);
        }
#pragma warning disable CA1031 // The next change of the cluster, or a client, calls again.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            var reason = CallFailure.Reason(failure);
            LogNoQueue(log, reason);
        }
    }

    [LoggerMessage(EventId = 2315, Level = LogLevel.Warning, Message = "The run queue does not answer after the loss of a silo: {Reason}")]
    private static partial void LogNoQueue(ILogger log, string reason);
}
