using System.Collections.Concurrent;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Runs by payload on several silos: the bits of one, whatever becomes of chunks on the way.</summary>
public sealed class PayloadClusterTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 3, "training.minibatch=300", "training.expert.momentum=0.9")]
    [InlineData(3, 1, "routing.noise=off", "routing.loadBalance=0.01")]
    [InlineData(3, 5, "model.experts=33", "model.filters=3", "data.patches=5", "data.dim=17")]
    public async Task Payload_gives_the_bits_of_reference_and_sends_samples_to_other_silos_alone(int silos, int shards, params string[] assignments)
    {
        var received = new ConcurrentBag<(string Silo, object? Message)>();
        await using var cluster = await SeveralSilos.Start(silos, (name, silo) => silo.AddIncomingGrainCallFilter(context =>
        {
            if (context.InterfaceMethod.DeclaringType == typeof(IExpertGrain) && context.Request.GetArgumentCount() == 1) received.Add((name, context.Request.GetArgument(0)));
            return context.Invoke();
        }));
        var spec = Specifications.Small(assignments);
        var payload = await Run(cluster, spec, shards, DispatchMode.Payload);
        payload.WeightsSha256.ShouldBe(Sequential(spec));
        (payload.Dispatch, payload.Silos, payload.Recoveries).ShouldBe((DispatchMode.Payload, silos, 0));
        var chunks = received.Where(call => call.Message is SampleChunk).ToList();
        chunks.Select(chunk => chunk.Silo).Distinct().Count().ShouldBe(shards == 1 ? silos - 1 : silos);
        // A silo without a router is never sent indexes, for it has no data set to look them up in.
        var byReference = received.Where(call => call.Message is DispatchRequest { Indexes: not null } or EvaluateRequest { Indexes: not null }).Select(call => call.Silo).Distinct();
        byReference.Count().ShouldBe(Math.Min(shards, silos));

        received.Clear();
        var reference = await Run(cluster, spec, shards, DispatchMode.Reference);
        received.Select(call => call.Message).OfType<SampleChunk>().ShouldBeEmpty();
        reference.WeightsSha256.ShouldBe(payload.WeightsSha256);
        reference.TestAccuracy.ShouldBe(payload.TestAccuracy);
        reference.TestAccuracyWithoutNoise.ShouldBe(payload.TestAccuracyWithoutNoise);
    }

    [Fact]
    public async Task Chunks_that_fail_are_lost_or_come_late_cost_no_bit()
    {
        var (chunks, failed, lost, missing) = (0, 0, 0, 0);
        await using var cluster = await SeveralSilos.Start(3, (_, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            if (context.MethodName == nameof(IExpertGrain.ReceiveSamples))
            {
                var number = Interlocked.Increment(ref chunks);
                if (number % 29 == 3 && Interlocked.Increment(ref failed) > 0) throw new IOException("a failed call");
                if (number % 7 == 5 && Interlocked.Increment(ref lost) > 0)
                {
                    context.Result = null;
                    return;
                }

                if (number % 5 == 0) await Task.Delay(3, TestContext.Current.CancellationToken);
            }

            await context.Invoke();
            if (context.Result is DispatchReply { Kind: DispatchKind.SamplesMissing }) Interlocked.Increment(ref missing);
        }));
        // Samples of 3,200 bytes: the busier experts get theirs in several chunks.
        var spec = Specifications.Small("data.patches=16", "model.experts=4", "training.steps=20", "training.stop.enabled=false");
        var summary = await Run(cluster, spec, 2, DispatchMode.Payload);
        summary.WeightsSha256.ShouldBe(Sequential(spec));
        summary.Recoveries.ShouldBe(0);
        chunks.ShouldBeGreaterThan(150);
        failed.ShouldBeGreaterThan(2);
        lost.ShouldBeGreaterThan(10);
        missing.ShouldBeGreaterThan(10);
    }

    private static string Sequential(RunSpec spec) => new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run().Weights.Sha256();

    private static async Task<RunSummary> Run(SeveralSilos cluster, RunSpec spec, int shards, DispatchMode dispatch)
    {
        var run = new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(spec));
        var coordinator = cluster.Grains.GetGrain<ICoordinatorGrain>(run.RunId);
        await coordinator.Start(new RunRequest(run, new Deployment(1, shards, 1, dispatch)));
        for (var patience = 0; patience < 3000; patience++)
        {
            var status = await coordinator.GetStatus(int.MaxValue);
            status.Error.ShouldBeNull();
            if (status.Summary is { } summary) return summary;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The run did not end in 60 seconds.");
    }
}
