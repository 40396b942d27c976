using Microsoft.Extensions.Options;
using MoeOrleans.Hosting.Clusters;
using Orleans.Configuration;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Lets a silo wait while its cluster lists another silo of its name. It waits before Orleans reads the list and adds the silo to it: Orleans
/// declares a silo dead that joins for longer than a minute, and logs a failure whenever a dead silo of the list does not answer.
/// </summary>
internal sealed class NameWait(ILocalSiloDetails self, IMembershipTable table, IOptions<ClusterMembershipOptions> options, StartWait wait, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer)
    {
        // Before JoinInTurn too: a silo that waits must not hold the turn.
        if (wait.IsWanted) observer.Subscribe(nameof(NameWait), ServiceLifecycleStage.RuntimeGrainServices - 2, cancelled => wait.For(() => Check(cancelled), cancelled));
    }

    private async Task<bool> Check(CancellationToken cancelled)
    {
        MembershipTableData silos;
        try
        {
            await table.InitializeMembershipTableAsync(true, cancelled);
            silos = await table.ReadAllAsync(cancelled);
        }
#pragma warning disable CA1031 // Each kind of table fails in its own way. All mean that it does not answer.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw new ClusterUnavailableException($"the list of the cluster's silos cannot be read: {FailureLine.Of(failure)}");
        }

        if (silos.Members.Select(member => member.Item1).FirstOrDefault(IsTwin) is { } twin)
            throw new ClusterUnavailableException($"silo {twin.SiloAddress.Endpoint} of the cluster is also called '{self.Name}'");
        return true;
    }

    // If the whole cluster was killed, no silo is left that declares the others dead. Orleans lets a joining silo do it: it probes silos
    // whose entries are old. So this silo joins, and JoinAdmission waits for the result.
    private bool IsTwin(MembershipEntry entry) =>
        entry.SiloName == self.Name && entry.Status is not (SiloStatus.Dead or SiloStatus.Created) && !entry.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint) && !entry.IsOld(options.Value, time);
}
