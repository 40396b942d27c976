using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Configuration;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Cluster.Tests.Health;

/// <summary>A silo ends soon after the first silo of a cluster without Redis.</summary>
public sealed class PrimaryWatchTests
{
    [Fact]
    public async Task A_first_silo_that_refuses_connections_ends_the_others()
    {
        var (time, exits) = (new FakeTimeProvider(), new List<int>());
        var first = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        using var watch = new PrimaryWatch((IPEndPoint)first.LocalEndpoint, new SiloEnd(LogFormat.Text, [], exits.Add), time);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++) await Second();
        exits.ShouldBeEmpty();

        first.Stop();
        for (var i = 0; i < 100 && exits.Count == 0; i++) await Second();
        exits.ShouldBe([SiloExitCode.LeftCluster]);
        await watch.StopAsync(TestContext.Current.CancellationToken);

        async Task Second()
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
