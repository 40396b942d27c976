using System.Net;
using System.Security.Cryptography.X509Certificates;
using MoeOrleans.Bench;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Cluster.Tests;

/// <summary>Silo processes that connect by TLS.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class TlsTests(OneProcess oneProcess) : IDisposable
{
    private static readonly RunSpec s_endless = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");

    private readonly Workspace _workspace = new();
    private readonly CertificateAuthority _ours = CertificateAuthority.Create("ours", DateTimeOffset.UtcNow);
    private readonly CertificateAuthority _next = CertificateAuthority.Create("next", DateTimeOffset.UtcNow);

    public void Dispose()
    {
        _ours.Dispose();
        _next.Dispose();
        _workspace.Dispose();
    }

    [ClusterFact]
    public async Task Three_silos_train_to_the_same_bits_while_their_certificates_and_the_authority_are_replaced()
    {
        using X509Certificate2 first = _ours.Issue("moe-silo"), second = _ours.Issue("moe-silo"), third = _next.Issue("moe-silo"), client = _ours.Issue("moe-client"), later = _next.Issue("moe-client");
        var secret = new MountedSecret(_workspace.At("silo"));
        secret.Replace(folder => _ours.Write(folder, first));
        _ours.Write(_workspace.At("client"), client);
        var tls = TlsFolder.Open(_workspace.At("client"), TlsRole.Client, TimeProvider.System, "--tls-folder");
        await using var cluster = new SiloProcesses(redis: null, new KeyValuePair<string, string>(TlsFolder.Variable, secret.Path)) { Tls = tls };
        for (var i = 0; i < 3; i++) await cluster.Join();
        foreach (var dispatch in (string[])["reference", "payload"])
        {
            using var process = MoeProcess.StartWith(
                [new(TlsFolder.Variable, _workspace.At("client"))],
                _workspace,
                [.. OneProcess.Run, "--connect", $"{cluster.Gateways[0]}/{cluster.ClusterId}", "--shards", "3", "--dispatch", dispatch]);
            var run = await process.End();
            run.ExitCode.ShouldBe(0, string.Join('\n', run.Errors));
            run.Json.GetProperty("weightsSha256").GetString().ShouldBe(await oneProcess.WeightsSha256);
        }

        var runId = await cluster.Begin(s_endless, shards: 3);
        await cluster.Steps(runId, 5);
        secret.Replace(folder => _ours.Write(folder, second));
        foreach (var gateway in cluster.Gateways) (await RawTls.Connect(gateway, client, RawTls.Moment)).ShouldBe((true, second.SerialNumber));
        await cluster.Join();
        await cluster.Even(runId, 4, 8, 3);

        secret.Replace(folder => _next.Write(folder, third));
        foreach (var gateway in cluster.Gateways)
        {
            (await RawTls.Connect(gateway, client)).ShouldBe((false, third.SerialNumber));
            (await RawTls.Connect(gateway, later, RawTls.Moment)).ShouldBe((true, third.SerialNumber));
        }

        // By the connections of before.
        await cluster.Steps(runId, (await cluster.Status(runId)).StepsDone + 3);
        var summary = await cluster.Stop(runId);
        (summary.Recoveries, summary.Silos).ShouldBe((0, 4), cluster.Log);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(s_endless with { Training = s_endless.Training with { Steps = (int)summary.Steps } }));
        cluster.Log.ShouldContain("Refused a connection to the gateway port from 127.0.0.1: its certificate is of another authority, 'ours'");
        cluster.Log.ShouldNotContain("   at ");
    }

    [Theory(Timeout = Limit.Test)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_that_cannot_join_by_TLS_says_so_at_once_and_so_does_the_other(bool byRedis)
    {
        using X509Certificate2 silo = _ours.Issue("moe-silo"), client = _ours.Issue("moe-client"), foreign = _next.Issue("moe-silo");
        _ours.Write(_workspace.At("good"), silo);
        _ours.Write(_workspace.At("client"), client);
        _next.Write(_workspace.At("foreign"), foreign);
        _next.Write(_workspace.At("refused"), foreign);
        await File.AppendAllTextAsync(_workspace.At("refused/ca.crt"), $"\n{_ours.Pem}", TestContext.Current.CancellationToken);
        // Not the one that tests share: its first silo is killed and stays listed.
        await using var redis = byRedis ? await RedisServer.Start("secret") : null;
        var ports = FreePorts.Find(4);
        var other = new IPEndPoint(IPAddress.Loopback, ports[0]);
        string[] list = redis is null ? [] : ["--clustering", "redis", "--redis", redis.Connection];
        string[] cluster = byRedis ? list : ["--primary", $"{other}"];
        using var first = Start(ports[0], ports[1], ["--tls-folder", "good", "--listen-address", "0.0.0.0", .. list]);
        await first.WaitForOutput("is ready");

        await ShouldRefuse($"--tls-folder: {_workspace.At("client")}/tls.crt: the certificate is for 'moe-client', not for moe-silo; a silo's has the DNS name moe-silo and is signed by an authority in ca.crt", "--tls-folder", "client");
        await ShouldRefuse($"cannot join the cluster: the silo at {other}: its certificate is of another authority, 'ours'; ca.crt in --tls-folder has the authorities", [.. cluster, "--tls-folder", "foreign"]);
        await ShouldRefuse($"cannot join the cluster: the silo at {other}: it closed the connection, as a silo does that refuses this program's certificate; its log says why", [.. cluster, "--tls-folder", "refused"]);
        await ShouldRefuse($"cannot join the cluster: the silo at {other}: it takes TLS alone; name a folder with certificates by --tls-folder DIR", cluster);
        first.Lines.Count(line => line.Contains("Refused a connection to the silo port from 127.0.0.1: it does not use TLS")).ShouldBe(1);
        first.Lines.Count(line => line.Contains("Refused a connection to the silo port from 127.0.0.1: its certificate is of another authority, 'next'")).ShouldBe(1);
        // No refused silo was a member; neither the event for a silo without encryption, nor a stack.
        first.Lines.ShouldNotContain(line => line.Contains("has joined; silos in the cluster: 2") || line.Contains("without encryption") || line.Contains("   at "));

        async Task ShouldRefuse(string line, params string[] options)
        {
            using var process = Start(ports[2], ports[3], ["--name", "second", .. options]);
            var result = await process.End();
            result.Errors.ShouldBe([$"moe-silo: {line}"]);
            result.ExitCode.ShouldBe(2);
        }
    }

    private MoeProcess Start(int silo, int gateway, string[] options) =>
        MoeProcess.StartSilo([], _workspace, ["--silo-port", $"{silo}", "--gateway-port", $"{gateway}", "--http-port", "0", "--threads", "1", .. options]);
}
