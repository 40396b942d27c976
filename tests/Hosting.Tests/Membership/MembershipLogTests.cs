using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Hosting.Membership;
using static MoeOrleans.Hosting.Tests.Membership.FakeMembership;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>A silo that stops in order leaves; one that is declared dead is lost.</summary>
public sealed class MembershipLogTests
{
    private static readonly SiloAddress s_self = Address(1);

    private readonly EventLog _log = new(LogLevel.Information);
    private readonly FakeMembership _members = new();

    [Fact]
    public void Silos_join_leave_and_are_lost()
    {
        var silos = new ClusterSilos(_members);
        using var log = new MembershipLog(new Self(), _members, silos, new Logger<MembershipLog>(new Factory(_log)));

        // The silo was not alone when it joined.
        See(log, Active(1), Active(2), Active(3));
        See(log, Active(1), Active(2), Active(3), Active(4), Active(5));
        silos.Drain("silo-4");
        See(log, Active(1), With(2, SiloStatus.ShuttingDown), Active(3), Active(4), Active(5));
        See(log, Active(1), With(2, SiloStatus.Dead), With(3, SiloStatus.Dead), Active(4), Active(5));
        // This silo saw nothing between the drain and the end.
        See(log, Active(1), With(4, SiloStatus.Dead), Active(5));
        See(log, Active(1));

        _log.Events.Select(entry => (entry.Id, entry.Level, entry.Values["Silo"], entry.Values["Silos"])).ShouldBe(
        [
            (2301, LogLevel.Information, "silo-1", 3),
            (2301, LogLevel.Information, "silo-4", 5),
            (2301, LogLevel.Information, "silo-5", 5),
            (2302, LogLevel.Information, "silo-2", 4),
            (2303, LogLevel.Warning, "silo-3", 3),
            (2302, LogLevel.Information, "silo-4", 2),
            (2303, LogLevel.Warning, "silo-5", 1),
        ]);
        Measured(MembershipMeter.LostSilos).ShouldContain(2);
    }

    /// <summary>The values of a metric. Tests that run next to this one may have some too.</summary>
    private static List<int> Measured(string name)
    {
        var values = new List<int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == name) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => values.Add(value));
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private void See(MembershipLog log, params ClusterMember[] members)
    {
        _members.Set(members);
        log.Update(_members.CurrentSnapshot.Members);
    }

    private sealed class Self : ILocalSiloDetails
    {
        public string Name => "silo-1";

        public string ClusterId => "cluster";

        public string DnsHostName => "host";

        public SiloAddress SiloAddress => s_self;

        public SiloAddress GatewayAddress => s_self;
    }

    private sealed class Factory(EventLog log) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
