using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MoeOrleans.Bench;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Hosting.Tests.Tls;

/// <summary>Who is let in at the two ports of a silo with TLS, and what both sides say to one who is not.</summary>
public sealed class TlsPortsTests : IAsyncLifetime
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(4);

    private readonly Workspace _workspace = new();
    private readonly CertificateAuthority _ours = CertificateAuthority.Create("ours", DateTimeOffset.UtcNow);
    private readonly CertificateAuthority _other = CertificateAuthority.Create("other", DateTimeOffset.UtcNow);
    private readonly MountedSecret _secret;
    private TlsSilo? _silo;

    public TlsPortsTests() => _secret = new MountedSecret(_workspace.At("silo"));

    private TlsSilo Silo => _silo!;

    public async ValueTask InitializeAsync()
    {
        using var certificate = _ours.Issue("moe-silo");
        _secret.Replace(folder => _ours.Write(folder, certificate));
        _silo = await TlsSilo.Start(_secret.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        _ours.Dispose();
        _other.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task Only_silos_are_let_in_at_the_silo_port_and_clients_also_at_the_gateway()
    {
        using X509Certificate2 silo = _ours.Issue("moe-silo"), client = _ours.Issue("moe-client"), both = _ours.Issue("moe-silo", purpose: TlsRole.ClientPurpose);
        foreach (var (port, certificate) in (IEnumerable<(IPEndPoint, X509Certificate2)>)[(Silo.Silo, silo), (Silo.Silo, both), (Silo.Gateway, silo), (Silo.Gateway, client)])
            (await RawTls.Connect(port, certificate, RawTls.Moment)).IsIn.ShouldBeTrue(string.Join('\n', Silo.Events.Select(entry => entry.Message)));
        Silo.Events.ShouldBeEmpty();
        (await RawTls.Connect(Silo.Silo, client)).IsIn.ShouldBeFalse();
        (await Silo.Reason("silo", 0)).ShouldBe("its certificate is for 'moe-client', not for moe-silo");
    }

    [Fact]
    public async Task A_silo_that_asks_before_it_joins_gets_an_answer_every_time()
    {
        using X509Certificate2 silo = _ours.Issue("moe-silo"), foreign = _other.Issue("moe-silo");
        for (var round = 0; round < 10; round++)
        {
            var asked = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RawTls.Connect(Silo.Silo, silo, protocol: "moe-join-probe")));
            asked.ShouldAllBe(answer => answer.IsIn, string.Join('\n', Silo.Events.Select(entry => entry.Message)));
        }

        (await RawTls.Connect(Silo.Silo, foreign, protocol: "moe-join-probe")).IsIn.ShouldBeFalse();
    }

    [Fact]
    public async Task Others_are_refused_at_both_ports_with_the_reason_in_the_log()
    {
        using X509Certificate2 foreign = _other.Issue("moe-silo"), expired = _ours.Issue("moe-silo", end: -s_hour), early = _ours.Issue("moe-silo", begin: s_hour),
            wrong = _ours.Issue("moe-silo.example"), server = _ours.Issue("moe-silo", purpose: TlsRole.ServerPurpose);
        foreach (var (port, endpoint) in (IEnumerable<(string, IPEndPoint)>)[("silo", Silo.Silo), ("gateway", Silo.Gateway)])
        {
            foreach (var (certificate, reason) in (IEnumerable<(X509Certificate2?, string)>)[
                (null, "it has no certificate"),
                (foreign, "its certificate is of another authority, 'other'"),
                (expired, $"its certificate expired on {expired.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z"),
                (early, $"its certificate is not valid before {early.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z"),
                (wrong, $"its certificate is for 'moe-silo.example', not for {(port == "silo" ? "moe-silo" : "moe-client or moe-silo")}"),
                (server, "its certificate may not be used for this: its extended key usage must allow server and client authentication"),
            ])
            {
                var before = Silo.Events.Count;
                (await RawTls.Connect(endpoint, certificate)).IsIn.ShouldBeFalse(reason);
                (await Silo.Reason(port, before)).ShouldBe(reason);
            }
        }

        Silo.Noise.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plain_bytes_get_an_alert_and_a_look_at_the_port_leaves_nothing()
    {
        foreach (var (port, endpoint) in (IEnumerable<(string, IPEndPoint)>)[("silo", Silo.Silo), ("gateway", Silo.Gateway)])
        {
            var before = Silo.Events.Count;
            (await TlsSilo.Send(endpoint)).ShouldBeEmpty();
            Silo.Events.Count.ShouldBe(before);
            (await TlsSilo.Send(endpoint, 90, 0, 0, 0)).ShouldBe([21, 3, 3, 0, 2, 2, 70]);
            (await Silo.Reason(port, before)).ShouldBe("it does not use TLS; silos and clients of this cluster need --tls-folder");
        }
    }

    [Fact]
    public async Task A_client_with_a_certificate_works_and_one_that_is_refused_hears_it_at_once()
    {
        using X509Certificate2 certificate = _ours.Issue("moe-client"), foreign = _other.Issue("moe-client");
        _ours.Write(_workspace.At("client"), certificate);
        await using (var client = await TrainingClient.Connect(Silo.Gateway.ToString(), _workspace.At("client"))) (await client.List()).ShouldBeEmpty();
        Silo.Events.ShouldBeEmpty();

        var start = Stopwatch.GetTimestamp();
        var plain = await Should.ThrowAsync<ConfigurationException>(TrainingClient.Connect(Silo.Gateway.ToString()));
        plain.Message.ShouldBe($"cannot connect to the cluster 'moe' at {Silo.Gateway}: it takes TLS alone; name a folder with certificates by --tls-folder DIR");
        (await Silo.Reason("gateway", 0)).ShouldStartWith("it does not use TLS");

        _other.Write(_workspace.At("client"), foreign);
        var distrusts = await Should.ThrowAsync<ConfigurationException>(TrainingClient.Connect(Silo.Gateway.ToString(), _workspace.At("client")));
        distrusts.Message.ShouldEndWith("its certificate is of another authority, 'ours'; ca.crt in --tls-folder has the authorities");

        File.AppendAllText(_workspace.At("client", "ca.crt"), _ours.Pem);
        var distrusted = await Should.ThrowAsync<ConfigurationException>(TrainingClient.Connect(Silo.Gateway.ToString(), _workspace.At("client")));
        distrusted.Message.ShouldEndWith("it closed the connection, as a silo does that refuses this program's certificate; its log says why");
        Silo.Events.ShouldContain(entry => entry.Message.EndsWith("its certificate is of another authority, 'other'", StringComparison.Ordinal));
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(3 * s_soon);
    }

    [Fact]
    public async Task A_client_takes_only_a_silo_for_a_silo()
    {
        using var certificate = _ours.Issue("moe-client");
        _ours.Write(_workspace.At("client"), certificate);
        var tls = TlsFolder.Open(_workspace.At("client"), TlsRole.Client, TimeProvider.System, "--tls-folder");
        using var impostor = new Impostor(certificate);
        var failure = await Should.ThrowAsync<ConfigurationException>(ClusterClient.Connect([impostor.Endpoint], "moe", waiting: null, tls));
        failure.Message.ShouldContain("its certificate is for 'moe-client', not for moe-silo");
    }

    [Fact]
    public async Task A_client_with_TLS_hears_that_a_silo_has_none()
    {
        using var certificate = _ours.Issue("moe-client");
        _ours.Write(_workspace.At("client"), certificate);
        await using var silo = await TlsSilo.Start(folder: null);
        var start = Stopwatch.GetTimestamp();
        var failure = await Should.ThrowAsync<ConfigurationException>(TrainingClient.Connect(silo.Gateway.ToString(), _workspace.At("client")));
        failure.Message.ShouldBe($"cannot connect to the cluster 'moe' at {silo.Gateway}: it does not use TLS; leave out --tls-folder, or give it to the silos too");
        (await silo.Reason("gateway", 0)).ShouldBe("it uses TLS, and this silo has no --tls-folder");
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(s_soon);
        await using (var client = await TrainingClient.Connect(silo.Gateway.ToString())) (await client.List()).ShouldBeEmpty();
        silo.Noise.ShouldBeEmpty();
    }

    [Fact]
    public async Task New_connections_use_replaced_files()
    {
        using X509Certificate2 old = _ours.Issue("moe-client"), renewed = _ours.Issue("moe-silo"), foreign = _other.Issue("moe-client"), moved = _other.Issue("moe-silo");
        _ours.Write(_workspace.At("client"), old);
        await using var open = await TrainingClient.Connect(Silo.Gateway.ToString(), _workspace.At("client"));

        _secret.Replace(folder => _ours.Write(folder, renewed));
        var (isIn, serial) = await RawTls.Connect(Silo.Gateway, old, RawTls.Moment);
        (isIn, serial).ShouldBe((true, renewed.SerialNumber));
        Silo.Events.ShouldHaveSingleItem().Values["Serial"].ShouldBe(renewed.SerialNumber);

        _secret.Replace(folder => _other.Write(folder, moved));
        (await RawTls.Connect(Silo.Gateway, foreign, RawTls.Moment)).IsIn.ShouldBeTrue();
        (await RawTls.Connect(Silo.Gateway, old)).IsIn.ShouldBeFalse();
        (await Silo.Reason("gateway", 2)).ShouldBe("its certificate is of another authority, 'ours'");

        _secret.Replace(folder =>
        {
            _other.Write(folder, moved);
            File.Delete(Path.Combine(folder, "tls.key"));
        });
        (isIn, serial) = await RawTls.Connect(Silo.Gateway, foreign, RawTls.Moment);
        (isIn, serial).ShouldBe((true, moved.SerialNumber));
        await RawTls.Connect(Silo.Gateway, foreign, RawTls.Moment);
        Silo.Events.Where(entry => entry.Id == 2215).ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Warning);

        // The connection of before goes on.
        (await open.List()).ShouldBeEmpty();
    }
}
