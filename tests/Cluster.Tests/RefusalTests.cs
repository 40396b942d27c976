using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Cluster.Tests;

/// <summary>What stands in the way of a silo is told in one line, soon, with exit code 2.</summary>
public sealed class RefusalTests
{
    [Theory(Timeout = Limit.Test)]
    [InlineData("--silo-port")]
    [InlineData("--gateway-port")]
    [InlineData("--http-port")]
    public async Task A_port_in_use(string option)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await ShouldRefuse($"{option}: port {port} is in use at 127.0.0.1; choose another", option, $"{port}");
    }

    [Fact(Timeout = Limit.Test)]
    public Task A_Redis_that_is_not_there()
    {
        var port = FreePorts.Find(1)[0];
        return ShouldRefuse($"redis 127.0.0.1:{port}: no answer; is Redis running, and reachable from here?", "--clustering", "redis", "--redis", $"127.0.0.1:{port}");
    }

    [Theory(Timeout = Limit.Test)]
    [InlineData("redis no.such.host.invalid:6379: there is no such host", "--clustering", "redis", "--redis", "no.such.host.invalid", "--wait-seconds", "12")]
    [InlineData("--primary: must be address or host and silo port of the first silo, such as 10.0.0.7:11111; got no.such.host.invalid:11111", "--primary", "no.such.host.invalid:11111", "--wait-seconds", "1")]
    public async Task A_cluster_that_is_not_there_after_the_wait_is_a_failure_that_a_restart_may_mend(string reason, params string[] arguments)
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, arguments);
        var result = await silo.End();
        (result.ExitCode, string.Join('\n', result.Errors)).ShouldBe((SiloExitCode.Failure, $"moe-silo: waited {arguments[^1]} s: {reason}"));
        result.Output.ShouldMatch($@"^\S+ info: MoeOrleans\.Silo\.SiloCommand\[2207\] The silo waits up to {arguments[^1]} s to start: {System.Text.RegularExpressions.Regex.Escape(reason)}\n$");
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_signal_ends_the_wait_for_Redis_at_once()
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, "--clustering", "redis", "--redis", "no.such.host.invalid", "--wait-seconds", "600");
        await silo.WaitForOutput("The silo waits up to 600 s to start: redis no.such.host.invalid:6379: there is no such host");
        await silo.Signal("TERM");
        var result = await silo.End();
        (result.ExitCode, string.Join('\n', result.Errors)).ShouldBe((SiloExitCode.Failure, "moe-silo: interrupted by a signal before the silo was ready"));
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_Redis_that_is_not_there_for_the_silos_of_a_command()
    {
        var port = FreePorts.Find(1)[0];
        using var workspace = new Workspace();
        var start = Stopwatch.GetTimestamp();
        var result = await MoeProcess.Train(workspace, "--silos", "2", "--clustering", "redis", "--redis", $"127.0.0.1:{port}");
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Limit.Soon);
        result.ExitCode.ShouldNotBe(0);
        result.Errors.ShouldHaveSingleItem().ShouldContain($"redis 127.0.0.1:{port}: no answer");
    }

    [Fact(Timeout = Limit.Test)]
    public Task A_first_silo_that_is_not_there()
    {
        var port = FreePorts.Find(1)[0];
        return ShouldRefuse($"--primary: no silo answers at 127.0.0.1:{port}; start the first silo, or give its address", "--primary", $"127.0.0.1:{port}");
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_cluster_of_another_version_refuses_silos_and_clients()
    {
        var ports = FreePorts.Find(2);
        var first = new IPEndPoint(IPAddress.Loopback, ports[0]);
        var member = new ClusterMemberOptions("other", ports[0], ports[1], IPAddress.Loopback, IPAddress.Loopback, "moe", ClusteringKind.Development, first, "");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(member, redis: null).AddMoeOrleans(moe => moe.DrainTimeout = TimeSpan.Zero);
            silo.Services.AddSingleton(new ClusterVersion(99, 7));
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var line = $"the cluster has another version: silo {first} has contracts and numerics 99.7, this program has {ClusterVersion.Current.Contracts}.{ClusterVersion.Current.Numerics}; use the same release of MoeOrleans everywhere";
        try
        {
            await ShouldRefuse(line, "--primary", first.ToString());
            (await Should.ThrowAsync<ConfigurationException>(ClusterClient.Connect([new IPEndPoint(IPAddress.Loopback, ports[1])], "moe"))).Message.ShouldBe(line);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_client_of_a_cluster_that_is_not_there()
    {
        var gateway = new IPEndPoint(IPAddress.Loopback, FreePorts.Find(1)[0]);
        var start = Stopwatch.GetTimestamp();
        var failure = await Should.ThrowAsync<ClusterUnavailableException>(ClusterClient.Connect([gateway], "moe"));
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Limit.Soon);
        failure.Message.ShouldBe($"no silo of a cluster 'moe' answers at {gateway}: the connection is refused");
    }

    // A silo may only be busy, so the timeout is longer than for a refused connection.
    [Fact(Timeout = Limit.Test)]
    public async Task A_client_of_a_server_that_says_nothing()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var failure = await Should.ThrowAsync<ClusterUnavailableException>(ClusterClient.Connect([(IPEndPoint)mute.LocalEndpoint], "moe"));
        failure.Message.ShouldBe($"no silo of a cluster 'moe' answers at {mute.LocalEndpoint}: not within 15 s; a client has to reach every silo at its advertised address and gateway port: through a forwarded port, run the command next to a silo, as with ssh or kubectl exec");
    }

    private static async Task ShouldRefuse(string line, params string[] arguments)
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, arguments);
        var start = Stopwatch.GetTimestamp();
        var result = await silo.End();
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Limit.Soon);
        result.Errors.ShouldBe([$"moe-silo: {line}"]);
        result.Output.ShouldBeEmpty();
        result.ExitCode.ShouldBe(2);
    }
}
