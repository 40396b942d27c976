using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Keeps a silo out of a cluster that it would harm: the cluster has another version, or a silo of the same name. The check runs when the
/// silo knows the other silos and before it becomes one of them.
/// </summary>
internal sealed class JoinAdmission(
    ILocalSiloDetails self, IClusterMembershipService membership, IClusterManifestProvider manifests, ClusterVersion version, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    // A silo that has just died never sends its manifest; Orleans deals with it.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(JoinAdmission), ServiceLifecycleStage.BecomeActive - 1, Check);

    private async Task Check(CancellationToken cancelled)
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress))
            .ToArray();
        if (others.FirstOrDefault(member => member.Name == self.Name) is { } twin && !twin.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint))
            throw new ConfigurationException($"--name: silo {twin.SiloAddress.Endpoint} of the cluster is also called '{self.Name}'; choose another name");

        var poll = new RetryPolicy(time) { FirstPause = s_poll, LongestPause = s_poll, Deadline = s_deadline };
        _ = await poll.Until(_ => Task.FromResult(others.All(member => manifests.Current.Silos.ContainsKey(member.SiloAddress))), cancelled);
        version.Check(manifests.Current);
    }
}
