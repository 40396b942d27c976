using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Keeps a silo out of a cluster that it would harm: the cluster has another version, or a silo of the same name. The check runs when the
/// silo knows the other silos and before it becomes one of them.
/// </summary>
internal sealed class JoinAdmission(
    ILocalSiloDetails self, IClusterMembershipService membership, IClusterManifestProvider manifests, ClusterVersion version, StartWait wait, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    // A silo that has just died never sends its manifest; Orleans deals with it.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    // Orleans declares a silo of an old entry dead after three missed probes, if it does not answer.
    private static readonly TimeSpan s_probes = TimeSpan.FromSeconds(20);

    public void Participate(ISiloLifecycle observer)
    {
        observer.Subscribe(nameof(JoinAdmission), ServiceLifecycleStage.BecomeActive - 1, Check);
        // Two silos of one name may pass the first check at the same moment. The later one to become active then has the other in its list,
        // because it read that list to change it.
        observer.Subscribe(nameof(JoinAdmission), ServiceLifecycleStage.BecomeActive + 1, _ =>
        {
            CheckName();
            return Task.CompletedTask;
        });
    }

    private async Task Check(CancellationToken cancelled)
    {
        var poll = new RetryPolicy(time) { FirstPause = s_poll, LongestPause = s_poll };
        if (wait.IsWanted) _ = await (poll with { Deadline = s_probes }).Until(_ => Task.FromResult(Twin() is null), cancelled);
        CheckName();
        var others = Others();
        _ = await (poll with { Deadline = s_deadline }).Until(_ => Task.FromResult(others.All(member => manifests.Current.Silos.ContainsKey(member.SiloAddress))), cancelled);
        version.Check(manifests.Current);
    }

    private void CheckName()
    {
        if (Twin() is not { } twin) return;
        throw new ConfigurationException(
            $"--name: silo {twin.SiloAddress.Endpoint} of the cluster is also called '{self.Name}'; choose another name or, if that silo has ended, wait until the cluster knows it, with --wait-seconds 120");
    }

    private ClusterMember? Twin() => Others().FirstOrDefault(member => member.Name == self.Name && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint));

    private ClusterMember[] Others() =>
        [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress))];
}
