using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>A cluster whose silos are what a test says. Silo 3 is silo-3 at port 11113.</summary>
internal sealed class FakeMembership : IClusterMembershipService
{
    private readonly Channel<ClusterMembershipSnapshot> _updates = Channel.CreateUnbounded<ClusterMembershipSnapshot>();

    public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = new([], new MembershipVersion(1));

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => _updates.Reader.ReadAllAsync();

    /// <summary>Updates that were not read yet.</summary>
    public int Unread => _updates.Reader.Count;

    public static SiloAddress Address(int silo) => SiloAddress.New(IPAddress.Loopback, 11110 + silo, 1);

    public static ClusterMember Active(int silo) => With(silo, SiloStatus.Active);

    public static ClusterMember With(int silo, SiloStatus status) => new(Address(silo), status, $"silo-{silo}");

    public void Set(params IEnumerable<ClusterMember> members)
    {
        CurrentSnapshot = new(members.ToImmutableDictionary(member => member.SiloAddress), new MembershipVersion(CurrentSnapshot.Version.Value + 1));
        _updates.Writer.TryWrite(CurrentSnapshot);
    }

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
}
