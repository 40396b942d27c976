using System.Diagnostics;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>
/// Measures training samples sent by payload, as a router sends them, from a silo in this process to an expert on a silo in another
/// process, against a copy of the same bytes by plain TCP, round by round.
/// </summary>
/// <param name="spec">The specification, of which one expert is measured.</param>
/// <param name="data">The specification's data.</param>
/// <param name="progress">Receives a line before each round.</param>
internal sealed class TransferBench(RunSpec spec, Dataset<float> data, Action<string> progress)
{
    /// <summary>About how many bytes one measurement sends.</summary>
    private const int Bytes = 64 << 20;

    private static readonly int[] s_kilobytes = [64, 256, 1024];

    public async Task<IReadOnlyList<TransferRow>> Measure(int rounds)
    {
        var one = spec with { Model = spec.Model with { Experts = 1 } };
        var run = new RunContext($"bench-{Guid.NewGuid():N}", RunSpecJson.Write(one), DispatchMode.Payload);
        await using var cluster = await ChildCluster.Start(1, 1, redis: null, TimeProvider.System, CancellationToken.None);
        var other = cluster.Silos[0].Options;
        await using var silo = await EmbeddedSilo.Join("bench", 1, other);
        silo.Service<AssignmentTable>().Receive(new RunAssignment(run.RunId, 1, [other.Name], ["bench"]));
        var expert = silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(run.RunId, 0));
        await expert.Restore(new RestoreRequest(run, 1, 0, null, null));
        if ((await expert.Read(ExpertTensor.Weights)).Silo != other.Name) throw new InvalidOperationException($"The expert is not on silo {other.Name}.");

        var train = data.Train;
        var sampleBytes = sizeof(int) + (sizeof(float) * data.Train.Patches * data.Train.Dim);
        var samples = Math.Clamp(Bytes / sampleBytes, 1, train.Count);
        var passes = Math.Max(1, Bytes / (samples * sampleBytes));
        var indexes = Enumerable.Range(0, samples).ToArray();
        var bytes = MemoryMarshal.AsBytes(train.Inputs.Span[..(samples * train.Patches * train.Dim)]).ToArray();
        using var tcp = new TcpCopy(bytes);
        var rates = s_kilobytes.Select(_ => (Payload: new List<double>(), Tcp: new List<double>(), Ratio: new List<double>())).ToArray();
        // The JIT compiles in the warm-up round.
        for (var round = -1; round < rounds; round++)
        {
            progress($"transfer: {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}");
            for (var k = 0; k < s_kilobytes.Length; k++)
            {
                var sender = new SampleSender(s_kilobytes[k] * 1024);
                var payload = await Rate((double)samples * sampleBytes * passes, async () =>
                {
                    for (var pass = 0; pass < passes; pass++) await Send(sender);
                });
                var plain = await Rate((double)bytes.Length * passes, () => tcp.Copy(s_kilobytes[k] * 1024, passes));
                if (round < 0) continue;
                rates[k].Payload.Add(payload);
                rates[k].Tcp.Add(plain);
                rates[k].Ratio.Add(payload / plain);
            }
        }

        return [.. s_kilobytes.Select((size, k) => new TransferRow(size, Spread.Of(rates[k].Payload), Spread.Of(rates[k].Tcp), Spread.Of(rates[k].Ratio)))];

        Task Send(SampleSender sender) => sender.Send(other.Name, 0, train, indexes, async (first, chunk) =>
        {
            await expert.ReceiveSamples(new SampleChunk(0, 0, ShardCut.Blocks(train.Count, spec.Training.Block), samples, first, chunk));
            return true;
        });
    }

    private static async Task<double> Rate(double bytes, Func<Task> send)
    {
        var start = Stopwatch.GetTimestamp();
        await send();
        return bytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }
}
