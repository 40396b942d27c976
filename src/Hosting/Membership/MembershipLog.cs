using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Placement;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Logs and counts which silos join, leave and are lost. Each silo logs what it sees: if a network is cut, the silos see different things.
/// </summary>
/// <param name="self">This silo.</param>
/// <param name="membership">The silos of the cluster.</param>
/// <param name="silos">Which of them said that they would leave.</param>
/// <param name="log">The log.</param>
internal sealed partial class MembershipLog(
    ILocalSiloDetails self, IClusterMembershipService membership, ClusterSilos silos, ILogger<MembershipLog> log) : BackgroundService
{
    private readonly MembershipMeter _meter = new();
    private ImmutableDictionary<SiloAddress, string> _known = ImmutableDictionary<SiloAddress, string>.Empty;

    /// <summary>Logs what differs from the last snapshot.</summary>
    /// <param name="members">All members of the cluster, also those that have ended.</param>
    internal void Update(ImmutableDictionary<SiloAddress, ClusterMember> members)
    {
        var active = members.Values.Where(member => member.Status == SiloStatus.Active).ToImmutableDictionary(member => member.SiloAddress, member => member.Name);
        // The silos that were there before this one did not join now.
        var isFirst = _known.IsEmpty;
        foreach (var (address, name) in active.Where(silo => !_known.ContainsKey(silo.Key)).OrderBy(silo => silo.Key))
        {
            if (!isFirst || address.Equals(self.SiloAddress)) LogJoined(log, name, address.Endpoint, active.Count);
        }

        var lost = 0;
        foreach (var (address, name) in _known.Where(silo => !active.ContainsKey(silo.Key)).OrderBy(silo => silo.Key))
        {
            if (HasLeft(address, members))
            {
                LogLeft(log, name, address.Endpoint, active.Count);
                continue;
            }

            LogLost(log, name, address.Endpoint, active.Count);
            lost++;
        }

        _meter.Update(active.Count, lost);
        _known = active;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Update(membership.CurrentSnapshot.Members);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken)) Update(snapshot.Members);
    }

    // A snapshot may come so late that a silo that stopped in order is already listed as dead.
    private bool HasLeft(SiloAddress silo, ImmutableDictionary<SiloAddress, ClusterMember> members) =>
        silos.WasDraining(silo) || members.GetValueOrDefault(silo) is { Status: SiloStatus.ShuttingDown or SiloStatus.Stopping };

    [LoggerMessage(EventId = 2301, Level = LogLevel.Information, Message = "Silo {Silo} at {Address} has joined; silos in the cluster: {Silos}")]
    private static partial void LogJoined(ILogger log, string silo, IPEndPoint address, int silos);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Information, Message = "Silo {Silo} at {Address} leaves; silos in the cluster: {Silos}")]
    private static partial void LogLeft(ILogger log, string silo, IPEndPoint address, int silos);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Warning, Message = "Silo {Silo} at {Address} is lost, the cluster has declared it dead; silos in the cluster: {Silos}")]
    private static partial void LogLost(ILogger log, string silo, IPEndPoint address, int silos);
}
