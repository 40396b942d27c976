using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.Silos;

/// <summary>
/// Keeps a silo out of a cluster that it would harm: one of another version, or with a silo of its name. It looks when the silo knows
/// the others and before it is one of them.
/// </summary>
internal sealed class Admission(ILocalSiloDetails self, IClusterMembershipService membership, IClusterManifestProvider manifests, ClusterVersion version)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    // A silo that has just died answers no more; Orleans deals with it.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(Admission), ServiceLifecycleStage.BecomeActive - 1, Check);

    private async Task Check(CancellationToken cancelled)
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress))
            .ToArray();
        if (others.FirstOrDefault(member => member.Name == self.Name) is { } twin && !twin.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint))
            throw new ConfigurationException($"--name: silo {twin.SiloAddress.Endpoint} of the cluster is called '{self.Name}' too; name this one otherwise");

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        patience.CancelAfter(s_patience);
        while (!others.All(member => manifests.Current.Silos.ContainsKey(member.SiloAddress)) && !patience.IsCancellationRequested)
            await Task.Delay(s_poll, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancelled.ThrowIfCancellationRequested();
        version.Check(manifests.Current);
    }
}
