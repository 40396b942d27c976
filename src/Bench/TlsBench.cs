using System.Diagnostics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>
/// Measures what TLS costs: the same runs on two silos that connect by TLS and on two that do not, each in a process, round by round. All
/// must end with the same bits.
/// </summary>
/// <param name="spec">The run.</param>
/// <param name="threads">Compute threads of each process.</param>
/// <param name="progress">Receives a line before each measurement.</param>
internal sealed class TlsBench(RunSpec spec, int threads, Action<string> progress)
{
    private const int Silos = 2;
    private const int Steps = 200;
    private const int WarmUps = 2;

    /// <param name="rounds">Number of rounds.</param>
    public async Task<IReadOnlyList<TlsRow>> Measure(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("moe-tls-");
        try
        {
            using (var authority = CertificateAuthority.Create("bench", TimeProvider.System.GetUtcNow()))
            using (var certificate = authority.Issue(TlsRole.SiloName)) authority.Write(folder.FullName, certificate);
            progress("tls: starting silos");
            await using var plain = await Start(tls: null);
            await using var secure = await Start(folder.FullName);
            return [await Measure(plain, secure, DispatchMode.Reference, rounds), await Measure(plain, secure, DispatchMode.Payload, rounds)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<TlsRow> Measure(Cluster plain, Cluster secure, DispatchMode mode, int rounds)
    {
        var run = spec with { Training = spec.Training with { Steps = Steps, Stop = spec.Training.Stop with { Enabled = false } } };
        var deployment = new Deployment(Silos, Deployment.DefaultShards(spec, Silos, machines: 1, mode), threads, mode);
        var (off, on) = (new Figures(), new Figures());
        string? bits = null;
        for (var round = -WarmUps; round < rounds; round++)
        {
            progress($"tls: {mode.ToString().ToLowerInvariant()}, {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}");
            // What comes second may profit from the first, or suffer.
            foreach (var isSecure in round % 2 == 0 ? (bool[])[false, true] : [true, false])
            {
                var (cluster, figures) = isSecure ? (secure, on) : (plain, off);
                var before = cluster.Cpu;
                var (milliseconds, hash) = await BenchRun.Measure(cluster.Client.Grains, run, deployment);
                if ((bits ??= hash) != hash) throw new InvalidOperationException("The weights with TLS differ from those without.");
                if (round < 0) continue;
                figures.Cpu.Add((cluster.Cpu - before).TotalMilliseconds / Steps);
                figures.Wall.Add(Spread.Of(milliseconds.Skip(StepBench.FirstStep)).Median);
            }
        }

        return new TlsRow(
            Silos, deployment.Shards, threads, mode.ToString().ToLowerInvariant(), Spread.Of(off.Cpu), Spread.Of(on.Cpu), Ratio(on.Cpu, off.Cpu), Spread.Of(off.Wall), Spread.Of(on.Wall), Ratio(on.Wall, off.Wall));
    }

    private static Spread Ratio(IEnumerable<double> on, IEnumerable<double> off) => Spread.Of(on.Zip(off, (with, without) => with / without));

    private async Task<Cluster> Start(string? tls)
    {
        var silos = await ChildCluster.Start(Silos, threads, redis: null, TimeProvider.System, CancellationToken.None, certificates: tls);
        try
        {
            var address = silos.Address with { Tls = tls is null ? null : TlsFolder.Open(tls, TlsRole.Client, TimeProvider.System, "tls") };
            return new Cluster(silos, await address.Connect());
        }
        catch
        {
            await silos.DisposeAsync();
            throw;
        }
    }

    private sealed record Figures
    {
        public List<double> Cpu { get; } = [];

        public List<double> Wall { get; } = [];
    }

    private sealed class Cluster(ChildCluster silos, ClusterClient client) : IAsyncDisposable
    {
        private readonly Process[] _processes = [.. silos.Silos.Select(silo => Process.GetProcessById(silo.ProcessId))];

        public ClusterClient Client => client;

        /// <summary>CPU time of the silos so far.</summary>
        public TimeSpan Cpu
        {
            get
            {
                var sum = TimeSpan.Zero;
                foreach (var process in _processes)
                {
                    process.Refresh();
                    sum += process.TotalProcessorTime;
                }

                return sum;
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var process in _processes) process.Dispose();
            await client.DisposeAsync();
            await silos.DisposeAsync();
        }
    }
}
