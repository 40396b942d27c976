using System.Net;
using System.Net.Sockets;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests;

/// <summary>Which addresses a silo's ports are opened at.</summary>
public sealed class ListenAddressTests
{
    private const string Warning = "without encryption or authentication";

    [Fact(Timeout = Limit.Test)]
    public async Task A_silo_listens_at_its_advertised_address_alone()
    {
        SkipUnlessLoopbackIsWide();
        using var workspace = new Workspace();
        var ports = FreePorts.Find(3);
        using var silo = Start(workspace, ports, "--advertised-address", "127.0.0.2");

        await silo.WaitForOutput($"silos reach it at 127.0.0.2:{ports[0]}, clients at 127.0.0.2:{ports[1]}");

        foreach (var port in ports)
        {
            (await Connects("127.0.0.2", port)).ShouldBeTrue();
            (await Connects("127.0.0.1", port)).ShouldBeFalse();
        }

        silo.Lines.ShouldNotContain(line => line.Contains(Warning));
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_silo_listens_at_all_addresses_on_request_and_warns()
    {
        SkipUnlessLoopbackIsWide();
        using var workspace = new Workspace();
        var ports = FreePorts.Find(3);
        using var silo = Start(workspace, ports, "--listen-address", "0.0.0.0");

        await silo.WaitForOutput($"listens at 0.0.0.0 {Warning}");

        foreach (var address in (string[])["127.0.0.1", "127.0.0.2"])
        {
            foreach (var port in ports) (await Connects(address, port)).ShouldBeTrue();
        }
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_silo_trains_at_an_IPv6_address()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && FreePorts.IsFree(new IPEndPoint(IPAddress.IPv6Loopback, 0)), "The machine has no IPv6.");
        using var workspace = new Workspace();
        var ports = FreePorts.Find(3);
        using var silo = Start(workspace, ports, "--advertised-address", "::1");
        await silo.WaitForOutput($"silos reach it at [::1]:{ports[0]}, clients at [::1]:{ports[1]}");

        var result = await MoeProcess.Train(workspace, "--connect", $"[::1]:{ports[1]}", "--shards", "1");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
    }

    private static void SkipUnlessLoopbackIsWide() => Assert.SkipUnless(OperatingSystem.IsLinux(), "127.0.0.2 is not an address of this machine.");

    private static MoeProcess Start(Workspace workspace, IReadOnlyList<int> ports, params string[] options) => MoeProcess.StartSilo(
        [],
        workspace,
        ["--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", $"{ports[2]}", "--threads", "1", .. options]);

    private static async Task<bool> Connects(string address, int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
