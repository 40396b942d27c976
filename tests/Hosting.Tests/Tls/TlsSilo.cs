using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Hosting.Tests.Tls;

/// <summary>A silo in this process with real ports, its log, and raw connections to the ports.</summary>
internal sealed class TlsSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EventLog _log;

    private TlsSilo(IHost host, EventLog log, IPEndPoint silo, IPEndPoint gateway) => (_host, _log, Silo, Gateway) = (host, log, silo, gateway);

    public IPEndPoint Silo { get; }

    public IPEndPoint Gateway { get; }

    /// <summary>What it has logged of connections and certificates.</summary>
    public IReadOnlyList<LoggedEvent> Events => [.. _log.Events.Where(entry => entry.Id is >= 2205 and <= 2299)];

    /// <summary>Warnings and errors that are not of this project.</summary>
    public IEnumerable<string> Noise => _log.Events.Where(entry => entry.Id is < 2000 or > 2999 && entry.Level >= LogLevel.Error).Select(entry => entry.Message);

    /// <summary>Starts a silo.</summary>
    /// <param name="folder">Folder with its certificates; null without TLS.</param>
    public static async Task<TlsSilo> Start(string? folder)
    {
        var ports = FreePorts.Find(2);
        var (silo, gateway) = (new IPEndPoint(IPAddress.Loopback, ports[0]), new IPEndPoint(IPAddress.Loopback, ports[1]));
        var member = new ClusterMemberOptions("silo-1", ports[0], ports[1], IPAddress.Loopback, IPAddress.Loopback, "moe", ClusteringKind.Development, silo, "");
        var tls = folder is null ? null : TlsFolder.Open(folder, TlsRole.Silo, TimeProvider.System, "--tls-folder");
        var log = new EventLog(LogLevel.Information);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log.Provider);
        builder.UseOrleans(orleans => orleans.UseCluster(member, redis: null).UseTls(tls, asks: false).AddMoeOrleans(moe => (moe.Threads, moe.DrainTimeout) = (1, TimeSpan.Zero)));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TlsSilo(host, log, silo, gateway);
    }

    /// <summary>Sends bytes without TLS, or none.</summary>
    /// <returns>What the silo answers.</returns>
    public static async Task<byte[]> Send(IPEndPoint endpoint, params byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        if (bytes.Length == 0) return [];
        await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);
        var answer = new byte[16];
        return answer[..await client.GetStream().ReadAsync(answer, TestContext.Current.CancellationToken)];
    }

    /// <summary>The reason of a refused connection, once it is logged.</summary>
    public async Task<string> Reason(string port, int after)
    {
        LoggedEvent[] Refusals() => [.. Events.Skip(after).Where(entry => entry.Id == 2211)];
        await SeveralSilos.Until(() => Task.FromResult(Refusals().Length > 0));
        var refusal = Refusals().ShouldHaveSingleItem();
        (refusal.Level, refusal.Values["Port"], refusal.Values["Address"]).ShouldBe((LogLevel.Warning, port, "127.0.0.1"));
        return (string)refusal.Values["Reason"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
