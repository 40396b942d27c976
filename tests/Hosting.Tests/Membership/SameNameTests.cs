using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Hosting.Membership;
using Orleans.Configuration;
using Orleans.Metadata;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>A silo whose name the cluster lists already: it waits while the other one may live, and never joins next to it.</summary>
public sealed class SameNameTests
{
    private static readonly SiloAddress s_self = Address(1);
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private readonly Table _table = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_waits_until_the_cluster_has_declared_the_other_one_dead()
    {
        _table.Entries = [Entry("a", 2, SiloStatus.Active), Entry("b", 3, SiloStatus.Active)];
        var waiting = NameWait("a");
        await Seconds(5);
        waiting.IsCompleted.ShouldBeFalse();
        _told.ShouldHaveSingleItem().ShouldBe("silo 127.0.0.1:2 of the cluster is also called 'a'");
        _table.Entries = [Entry("a", 2, SiloStatus.Dead), Entry("b", 3, SiloStatus.Active)];
        await Seconds(2);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    [Theory]
    [InlineData("another name", "b", 2, SiloStatus.Active)]
    [InlineData("its own endpoint: Orleans declares the older one dead", "a", 1, SiloStatus.Active)]
    [InlineData("dead", "a", 2, SiloStatus.Dead)]
    public async Task A_silo_does_not_wait_for_an_entry_of(string what, string name, int port, SiloStatus status)
    {
        _table.Entries = [Entry(name, port, status)];
        await NameWait("a").WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        _told.ShouldBeEmpty(what);
    }

    [Fact]
    public async Task A_silo_goes_on_if_the_other_one_has_given_no_sign_of_life_for_half_a_minute()
    {
        // If all silos were killed, no silo is left that declares this one dead.
        _table.Entries = [Entry("a", 2, SiloStatus.Active)];
        var waiting = NameWait("a");
        await Seconds(29);
        waiting.IsCompleted.ShouldBeFalse();
        await Seconds(3);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    [Fact]
    public async Task Of_two_silos_that_pass_the_check_at_the_same_moment_the_later_one_to_become_active_ends()
    {
        var members = new FakeMembership();
        var starting = new Lifecycle();
        new JoinAdmission(new Self("a"), members, new Manifests(), ClusterVersion.Current, StartWait.None, _time).Participate(starting);
        starting.Subscribe("becomes active", ServiceLifecycleStage.BecomeActive, _ =>
        {
            members.Set(new ClusterMember(Address(2), SiloStatus.Active, "a"));
            return Task.CompletedTask;
        });
        (await Should.ThrowAsync<ConfigurationException>(starting.OnStart(Cancelled))).Message.ShouldStartWith("--name: silo 127.0.0.1:2 of the cluster is also called 'a'; ");
    }

    private static SiloAddress Address(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 7);

    private MembershipEntry Entry(string name, int port, SiloStatus status) => new()
    {
        SiloAddress = Address(port),
        SiloName = name,
        Status = status,
        StartTime = _time.GetUtcNow().UtcDateTime.AddHours(-1),
        IAmAliveTime = _time.GetUtcNow().UtcDateTime,
    };

    /// <summary>Starts a silo with a wait of a minute, as far as the wait for its name.</summary>
    private Task NameWait(string name)
    {
        var lifecycle = new Lifecycle();
        var options = Options.Create(new ClusterMembershipOptions { IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10), NumMissedTableIAmAliveLimit = 3 });
        new NameWait(new Self(name), _table, options, new StartWait(TimeSpan.FromMinutes(1), _time, _told.Add, CancellationToken.None), _time).Participate(lifecycle);
        return lifecycle.OnStart(Cancelled);
    }

    private async Task Seconds(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Delay(5, Cancelled);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class Lifecycle() : LifecycleSubject(NullLogger.Instance), ISiloLifecycle
    {
        public int HighestCompletedStage => throw new NotSupportedException();

        public int LowestStoppedStage => throw new NotSupportedException();
    }

    private sealed class Self(string name) : ILocalSiloDetails
    {
        public string Name => name;

        public string ClusterId => "moe";

        public string DnsHostName => "host";

        public SiloAddress SiloAddress => s_self;

        public SiloAddress GatewayAddress => s_self;
    }

    private sealed class Manifests : IClusterManifestProvider
    {
        public ClusterManifest Current { get; } = new(new MajorMinorVersion(1, 1), []);

        public IAsyncEnumerable<ClusterManifest> Updates => throw new NotSupportedException();

        public GrainManifest LocalGrainManifest => throw new NotSupportedException();
    }

    private sealed class Table : IMembershipTable
    {
        public MembershipEntry[] Entries { get; set; } = [];

        public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;

        public Task<MembershipTableData> ReadAll() => Task.FromResult(new MembershipTableData([.. Entries.Select(entry => Tuple.Create(entry, "1"))], new TableVersion(1, "1")));

        public Task DeleteMembershipTableEntries(string clusterId) => throw new NotSupportedException();

        public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

        public Task<MembershipTableData> ReadRow(SiloAddress key) => throw new NotSupportedException();

        public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => throw new NotSupportedException();

        public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => throw new NotSupportedException();

        public Task UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();
    }
}
