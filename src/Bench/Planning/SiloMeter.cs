using System.Diagnostics;
using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>A cluster of silo processes whose CPU time and steps are measured.</summary>
internal sealed class SiloMeter : IAsyncDisposable
{
    private const string Processors = "DOTNET_PROCESSOR_COUNT";

    private readonly ChildCluster _cluster;
    private readonly ClusterClient _client;

    private SiloMeter(ChildCluster cluster, ClusterClient client) => (_cluster, _client) = (cluster, client);

    /// <summary>The processes.</summary>
    public IReadOnlyList<int> Processes => [.. _cluster.Silos.Select(silo => silo.ProcessId)];

    /// <summary>Starts a cluster.</summary>
    /// <param name="silos">Number of silos.</param>
    /// <param name="threads">Compute threads of each.</param>
    public static async Task<SiloMeter> Start(int silos, int threads)
    {
        // As on a machine with so many cores. With more, threads that wait for work spin, and take time from those that have some.
        Environment.SetEnvironmentVariable(Processors, threads.ToString(CultureInfo.InvariantCulture));
        ChildCluster cluster;
        try
        {
            cluster = await ChildCluster.Start(silos, threads, redis: null, TimeProvider.System, CancellationToken.None);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Processors, null);
        }

        try
        {
            return new SiloMeter(cluster, await cluster.Address.Connect());
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Measures steps: the difference of a longer and a shorter run, so that start and end of a run do not count.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="deployment">How it is spread.</param>
    /// <param name="steps">Steps of the shorter and of the longer run.</param>
    public async Task<MeasuredStep> Measure(RunSpec spec, Deployment deployment, (int Few, int Many) steps)
    {
        var (fewCpu, _, fewSamples) = await Run(spec, deployment, steps.Few);
        var (manyCpu, milliseconds, manySamples) = await Run(spec, deployment, steps.Many);
        var count = steps.Many - steps.Few;
        var samples = manySamples.Zip(fewSamples, (many, few) => many - few).ToArray();
        return new MeasuredStep(
            [.. manyCpu.Zip(fewCpu, (many, few) => (many - few).TotalMicroseconds / count)],
            Spread.Of(milliseconds.Skip(steps.Few)).Median * 1e3,
            milliseconds.Skip(steps.Few).Average() * 1e3,
            [.. samples.Select(own => (double)own / samples.Sum())]);
    }

    /// <summary>Runs for a while, so that the just-in-time compiler has done its last pass.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="deployment">How it is spread.</param>
    /// <param name="least">How long at least, for each of the compiler's passes.</param>
    public async Task WarmUp(RunSpec spec, Deployment deployment, TimeSpan least)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < least) await Run(spec, deployment, 100);
            await IdleShare(windows: 10, enough: 0.1);
        }
    }

    /// <summary>
    /// The share of a core that a silo uses while it has nothing to do: the smallest of some seconds, because after runs the just-in-time
    /// compiler has work for many seconds.
    /// </summary>
    /// <param name="windows">Seconds at most.</param>
    /// <param name="enough">A share that ends the measurement.</param>
    public async Task<double> IdleShare(int windows, double enough = 0)
    {
        var least = double.PositiveInfinity;
        for (var window = 0; window < windows && least > enough; window++)
        {
            var (before, start) = (Cpu(), Stopwatch.GetTimestamp());
            await Task.Delay(TimeSpan.FromSeconds(1));
            var elapsed = Stopwatch.GetElapsedTime(start);
            least = Math.Min(least, Cpu().Zip(before, (now, then) => (now - then) / elapsed).Average());
        }

        return least;
    }

    /// <summary>CPU time that each silo has used.</summary>
    public TimeSpan[] Cpu() => [.. Processes.Select(id =>
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    })];

    /// <summary>The largest resident set of a silo that has no coordinator, in units of 2^20 bytes.</summary>
    public double ResidentMegabytes()
    {
        using var process = Process.GetProcessById(Processes[^1]);
        return process.WorkingSet64 / 1048576.0;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task<(TimeSpan[] Cpu, double[] Milliseconds, long[] Samples)> Run(RunSpec spec, Deployment deployment, int steps)
    {
        var before = Cpu();
        var run = spec with { Training = spec.Training with { Steps = steps, Stop = spec.Training.Stop with { Enabled = false } } };
        var (milliseconds, _, samples) = await BenchRun.MeasureWithSamples(_client.Grains, run, deployment);
        return ([.. Cpu().Zip(before, (now, then) => now - then)], milliseconds, samples);
    }
}

/// <summary>A step that was measured.</summary>
/// <param name="CpuMicroseconds">CPU time of each silo.</param>
/// <param name="MedianMicroseconds">Wall time, the median of the steps.</param>
/// <param name="MeanMicroseconds">Wall time, the mean.</param>
/// <param name="Loads">The share of the samples that each expert got.</param>
internal sealed record MeasuredStep(double[] CpuMicroseconds, double MedianMicroseconds, double MeanMicroseconds, double[] Loads);
