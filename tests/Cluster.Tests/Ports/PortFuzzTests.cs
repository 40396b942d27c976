using System.Globalization;
using System.Net;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests.Ports;

/// <summary>
/// Anything may arrive at the port for silos and at the port for clients: no silo ends, none keeps memory, and runs that train meanwhile
/// have their bits.
/// </summary>
[Collection(SeveralSilos.Collection)]
public sealed class PortFuzzTests(OneProcess oneProcess, ITestOutputHelper output)
{
    /// <summary>Seconds for each port; CONTRIBUTING.md has the command for ten minutes.</summary>
    private const string Variable = "MOE_FUZZ_SECONDS";
    private const int DefaultSeconds = 3;
    private const int Seed = 1;
    private const int MaxTime = 3_600_000;
    private const long MaxGrowth = 200_000_000;

    private static readonly IPAddress s_listens = IPAddress.Loopback;

    // The proxies listen at this address, so all that is recorded goes through them.
    private static readonly IPAddress s_advertised = IPAddress.Parse("127.0.0.2");

    private static TimeSpan Time =>
        TimeSpan.FromSeconds(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultSeconds);

    [ClusterFact(Timeout = MaxTime)]
    public async Task A_silo_withstands_whatever_arrives_at_its_ports()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "127.0.0.2 is not an address of this machine.");
        using var workspace = new Workspace();
        var ports = FreePorts.Find(8);
        await using var toSilo = new RecordingProxy(new(s_advertised, ports[0]), new(s_listens, ports[0]));
        await using var toGateway = new RecordingProxy(new(s_advertised, ports[1]), new(s_listens, ports[1]));
        using var first = await Start(workspace, ports, ports[0], ports[1], ports[2]);
        await Leave(workspace, ports);
        var (silo, gateway) = (Recorded(toSilo), Recorded(toGateway));
        using var other = await Start(workspace, ports, ports[5], ports[6], ports[7]);
        await Train(workspace, ports);
        foreach (var (name, port, recorded) in ((string, int, Frames[])[])[("silo port", ports[0], silo), ("gateway port", ports[1], gateway)])
        {
            var fuzzer = new PortFuzzer(new IPEndPoint(s_listens, port), recorded);
            var (before, otherBefore) = (Memory(first), Memory(other));
            await CheckLargeMessages(name, fuzzer, first);
            await fuzzer.OpenMany(() => CheckReady(s_listens, ports[2]));
            await fuzzer.SendChangedFlags();
            await CheckReady(s_listens, ports[2]);
            var fuzz = fuzzer.Run(Time, Seed);
            var runs = 1;
            for (; !fuzz.IsCompleted; runs++) await Train(workspace, ports);
            await fuzz;
            await Train(workspace, ports);
            var (after, otherAfter) = (Memory(first), Memory(other));
            output.WriteLine(
                $"{name}: {fuzzer.Report}, from {recorded.Sum(connection => connection.Messages.Count)} frames; {runs} runs; " +
                $"{before / 1e6:0} to {after / 1e6:0} MB, the other silo {otherBefore / 1e6:0} to {otherAfter / 1e6:0} MB; {first.Lines.Count()} lines of log");
            (after - before).ShouldBeLessThan(MaxGrowth, $"memory that the {name} kept");
            (otherAfter - otherBefore).ShouldBeLessThan(MaxGrowth, $"memory of the other silo, by the {name}");
            await CheckReady(s_listens, ports[2]);
            await CheckReady(s_advertised, ports[7]);
        }
    }

    private async Task CheckLargeMessages(string name, PortFuzzer fuzzer, MoeProcess silo)
    {
        var before = Memory(silo);
        foreach (var length in (int[])[LargestMessage.Limit, 1 << 30])
        {
            var most = await fuzzer.SendLarge(length, () => Memory(silo));
            output.WriteLine($"{name}, one message of {length} bytes: {before / 1e6:0} to {most / 1e6:0} MB");
            (most - before).ShouldBeLessThan(MaxGrowth, $"one message of {length} bytes to the {name}");
        }
    }

    private static async Task<MoeProcess> Start(Workspace workspace, IReadOnlyList<int> ports, int silo, int gateway, int http)
    {
        var process = MoeProcess.StartSilo([], workspace, [
            "--cluster-id", $"fuzz-{ports[0]}", "--silo-port", $"{silo}", "--gateway-port", $"{gateway}", "--http-port", $"{http}", "--threads", "1",
            "--advertised-address", $"{s_advertised}", "--primary", $"{s_advertised}:{ports[0]}",
            .. silo == ports[0] ? (string[])["--listen-address", $"{s_listens}"] : [],
        ]);
        await process.WaitForOutput("is ready");
        return process;
    }

    // Orleans takes a connection for that of the silo which its preamble names, and sends that silo's messages there: runs would wait for
    // them. So the silo whose traffic is recorded leaves the cluster first.
    private async Task Leave(Workspace workspace, IReadOnlyList<int> ports)
    {
        using var recorded = await Start(workspace, ports, ports[3], ports[4], 0);
        await Train(workspace, ports);
        await recorded.Signal("TERM");
        (await recorded.End()).ExitCode.ShouldBe(0);
    }

    private static Frames[] Recorded(RecordingProxy proxy) =>
        [.. proxy.Recorded.Select(Frames.Of).OfType<Frames>().Where(connection => connection.Messages.Count > 0)];

    private static long Memory(MoeProcess silo)
    {
        var line = File.ReadLines($"/proc/{silo.ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static async Task CheckReady(IPAddress address, int port)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        using var reply = await client.GetAsync(new Uri($"http://{address}:{port}/health/ready"), TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task Train(Workspace workspace, IReadOnlyList<int> ports)
    {
        var result = await MoeProcess.Run(workspace, [.. OneProcess.Run, "--connect", $"{s_advertised}:{ports[1]}/fuzz-{ports[0]}"]);
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Json.GetProperty("weightsSha256").GetString().ShouldBe(await oneProcess.WeightsSha256);
    }
}
