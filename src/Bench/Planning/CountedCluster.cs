using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;
using Orleans.Configuration;

namespace MoeOrleans.Bench.Planning;

/// <summary>Silos in this process that count the bytes between them. They talk by TCP, as silos in different processes do.</summary>
internal sealed class CountedCluster : IAsyncDisposable
{
    private readonly List<EmbeddedSilo> _silos = [];
    private readonly List<SiloTraffic> _traffic = [];

    private CountedCluster()
    {
    }

    /// <summary>Where grains are found.</summary>
    public IGrainFactory Grains => _silos[0].Grains;

    /// <summary>The bytes of each silo.</summary>
    public IReadOnlyList<SiloTraffic> Traffic => _traffic;

    /// <summary>Starts a cluster.</summary>
    /// <param name="silos">Number of silos.</param>
    /// <param name="threads">Compute threads of each.</param>
    public static async Task<CountedCluster> Start(int silos, int threads)
    {
        var cluster = new CountedCluster();
        var clusterId = $"plan-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        try
        {
            var ports = FreePorts.Find(2 * silos);
            for (var s = 0; s < silos; s++)
            {
                var traffic = new SiloTraffic();
                cluster._traffic.Add(traffic);
                var member = EmbeddedSilo.Member(SiloProcessOptions.NameOf(s), clusterId, ports[2 * s], ports[(2 * s) + 1], ports[0]);
                cluster._silos.Add(await EmbeddedSilo.Join(member, threads, silo => silo.Configure<SiloConnectionOptions>(connections => Count(connections, traffic))));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Measures the bytes of a step: the difference of a longer and a shorter run, so that start and end of a run do not count.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="deployment">How it is spread.</param>
    /// <param name="steps">Steps of the shorter and of the longer run.</param>
    public async Task<MeasuredTraffic> Measure(RunSpec spec, Deployment deployment, (int Few, int Many) steps)
    {
        var few = await Run(spec, deployment, steps.Few);
        var many = await Run(spec, deployment, steps.Many);
        double count = steps.Many - steps.Few;
        var samples = many.Samples.Zip(few.Samples, (more, less) => more - less).ToArray();
        return new MeasuredTraffic(
            [.. many.Bytes.Zip(few.Bytes, (more, less) => ((more.Sent - less.Sent) / count, (more.Received - less.Received) / count))],
            [.. samples.Select(own => (double)own / samples.Sum())],
            (many.Seconds - few.Seconds) / count);
    }

    /// <summary>Stops all silos, the one that lists the others last.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var s = _silos.Count - 1; s >= 0; s--) await _silos[s].DisposeAsync();
    }

    private async Task<((long Sent, long Received)[] Bytes, long[] Samples, double Seconds)> Run(RunSpec spec, Deployment deployment, int steps)
    {
        var (before, start) = (Now(), Stopwatch.GetTimestamp());
        var run = spec with { Training = spec.Training with { Steps = steps, Stop = spec.Training.Stop with { Enabled = false } } };
        var (_, _, samples) = await BenchRun.MeasureWithSamples(Grains, run, deployment);
        return ([.. Now().Zip(before, (now, then) => (now.Sent - then.Sent, now.Received - then.Received))], samples, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private (long Sent, long Received)[] Now() => [.. _traffic.Select(silo => (silo.Sent, silo.Received))];

    private static void Count(SiloConnectionOptions connections, SiloTraffic traffic)
    {
        connections.ConfigureSiloInboundConnection(Count);
        connections.ConfigureSiloOutboundConnection(Count);

        void Count(IConnectionBuilder connection) => connection.Use(next => context =>
        {
            context.Transport = new CountedPipe(context.Transport, traffic);
            return next(context);
        });
    }
}

/// <summary>The bytes of a step.</summary>
/// <param name="Silos">Bytes that each silo sent and received.</param>
/// <param name="Loads">The share of the samples that each expert got.</param>
/// <param name="Seconds">Wall time of a step.</param>
internal sealed record MeasuredTraffic(IReadOnlyList<(double Sent, double Received)> Silos, double[] Loads, double Seconds);
