// The full-batch step of setting 1 with actors, against the sequential trainer's, side by side in one process:
//   dotnet run -c Release --project bench/Steps [rounds]
// Each round trains the same 40 steps by the sequential trainer and by a silo with one and with two compute threads; the
// ratio is that of the rounds' median step times, and its median, smallest and largest are printed.
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Contracts;
using MoeOrleans.Silo;

const int Warmup = 10;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
var spec = new SpecificationBuilder().Set("training.steps", "40", "steps").Set("training.stop.enabled", "false", "stop").Build();
var data = ClusterData.Generate<float>(spec.Data);
var hosts = new Dictionary<int, IHost> { [1] = await MoeSilo.StartEmbedded(1), [2] = await MoeSilo.StartEmbedded(2) };
(int Threads, int Shards)[] spreads = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 8)];
var ratios = spreads.ToDictionary(spread => spread, _ => new List<double>());
var sequentialTimes = new List<double>();
for (var round = -1; round < rounds; round++)
{
    var (sequential, hash) = Sequential();
    if (round >= 0) sequentialTimes.Add(sequential);
    foreach (var spread in spreads)
    {
        var (actors, actorHash) = await Actors(spread.Threads, spread.Shards);
        if (actorHash != hash) throw new InvalidOperationException($"{spread} gave other bits: {actorHash}, not {hash}.");
        if (round >= 0) ratios[spread].Add(actors / sequential);
    }
}

Console.WriteLine($"sequential trainer: {Median(sequentialTimes):f2} ms a step (median of {rounds} rounds; {sequentialTimes.Min():f2} to {sequentialTimes.Max():f2})");
Console.WriteLine("threads  shards  actors / sequential: median (smallest to largest)");
foreach (var (spread, values) in ratios)
    Console.WriteLine($"{spread.Threads,7}  {spread.Shards,6}  {Median(values),20:f2} ({values.Min():f2} to {values.Max():f2})");
foreach (var host in hosts.Values)
{
    await host.StopAsync();
    host.Dispose();
}

(double Milliseconds, string Hash) Sequential()
{
    var trainer = new SequentialTrainer<float>(spec, data);
    var times = new List<double>();
    var last = Stopwatch.GetTimestamp();
    trainer.Run(_ =>
    {
        var now = Stopwatch.GetTimestamp();
        times.Add(Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
        last = now;
    });
    return (Median(times.Skip(Warmup)), trainer.Weights.Sha256());
}

async Task<(double Milliseconds, string Hash)> Actors(int threads, int shards)
{
    var runId = $"bench-{Guid.NewGuid():N}";
    var coordinator = hosts[threads].Services.GetRequiredService<IGrainFactory>().GetGrain<ICoordinatorGrain>(runId);
    await coordinator.Start(new RunRequest(new RunContext(runId, RunSpecJson.Write(spec)), new Deployment(1, shards, threads, DispatchMode.Reference)));
    RunStatus status;
    do
    {
        await Task.Delay(50);
        status = await coordinator.GetStatus(0);
        if (status.Error is { } error) throw new InvalidOperationException(error);
    }
    while (status.Summary is null);
    await coordinator.Release();
    return (Median(status.Records.Skip(Warmup).Select(record => record.StepMilliseconds)), status.Summary.WeightsSha256);
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted[sorted.Length / 2];
}
