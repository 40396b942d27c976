using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Runs whose routing is recorded, and replayed.</summary>
public sealed class RoutingRecordTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_record_has_what_the_sequential_trainer_routes_and_its_replay_the_same_weights(int shards)
    {
        using var workspace = new Workspace();
        var spec = Specifications.Small("training.minibatch=300");
        var (steps, weights) = Sequential(spec);
        var summary = await Record(silo.Grains, spec, shards, workspace.At("record"), DispatchMode.Reference);
        var found = Read(workspace.At("record"));
        found.Select(step => step.Step).ShouldBe([0, 1, 2, 3, 4, 5]);
        foreach (var (i, step) in found.Index())
        {
            step.Samples.ShouldBe(steps[i].Samples);
            step.Experts.ShouldBe(steps[i].Experts);
            step.Gates.ShouldBe(steps[i].Gates);
        }

        summary.ShouldBe(weights);
        var (path, sha256) = (workspace.At("record"), RoutingFile.Sha256(workspace.At("record", "routing.bin")));
        var replay = spec with { Routing = spec.Routing with { ReplayPath = path, ReplaySha256 = sha256 } };
        (await silo.Train(replay, shards)).Summary.WeightsSha256.ShouldBe(weights);

        File.Delete(workspace.At("record", "routing.bin"));
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => silo.Train(replay, shards));
        failure.Message.ShouldContain($"{workspace.At("record", "routing.bin")}: no such file");
        failure.Message.ShouldNotContain('\n');
    }

    [Fact]
    public async Task The_record_of_a_cluster_has_the_counts_of_the_summary()
    {
        using var workspace = new Workspace();
        await using var cluster = await SeveralSilos.Start(2);
        var spec = Specifications.Small();
        await using var client = new TrainingClient(cluster.Grains);
        var run = await client.Start(spec, new Deployment(2, 2, 1, DispatchMode.Payload), productsInterval: 0, tracedShare: 0, routingInterval: 5);
        var summary = (await Follow(run, spec, workspace.At("record"))).Summary;
        var found = Read(workspace.At("record"));
        found.Select(step => step.Step).ShouldBe([0, 5]);
        var counts = new int[spec.Model.Experts];
        foreach (var expert in found[^1].Experts) counts[expert]++;
        counts.ShouldBe(Enumerable.Range(0, counts.Length).Select(m => summary.DispatchCounts.Sum(row => row[m])));
    }

    [Fact]
    public async Task The_record_of_a_run_whose_coordinator_moves_has_every_step_once()
    {
        using var workspace = new Workspace();
        await using var cluster = await SeveralSilos.Start(2);
        var spec = Specifications.Small("training.steps=100000", "training.stop.enabled=false");
        await using var client = new TrainingClient(cluster.Grains);
        var run = await client.Start(spec, new Deployment(2, 2, 1, DispatchMode.Reference), productsInterval: 0, tracedShare: 0, routingInterval: 1);
        var end = int.MaxValue;
        var result = await Follow(run, spec, workspace.At("record"), async recorded =>
        {
            if (recorded == 10)
            {
                await cluster.Runs.Drain("Silo_0");
                await SeveralSilos.Until(async () => (await cluster.Runs.GetStatus()).Silos[0] is { IsDraining: true, Grains.IsEmpty: true });
                await cluster.Stop("Silo_0");
                end = (await cluster.Coordinator(run.RunId).GetStatus(int.MaxValue)).StepsDone + 10;
            }

            if (recorded == end) await run.Stop();
        });

        var summary = result.Summary;
        (summary.Recoveries, summary.Silos).ShouldBe((0, 1));
        var (steps, weights) = Sequential(spec with { Training = spec.Training with { Steps = (int)summary.Steps } });
        summary.WeightsSha256.ShouldBe(weights);
        var found = Read(workspace.At("record"));
        found.Select(step => step.Step).ShouldBe(Enumerable.Range(0, (int)summary.Steps).Select(step => (long)step));
        foreach (var (i, step) in found.Index()) step.Experts.ShouldBe(steps[i].Experts);
    }

    private static async Task<string> Record(IGrainFactory grains, RunSpec spec, int shards, string folder, DispatchMode dispatch)
    {
        var run = await new TrainingClient(grains).StartUnqueued(spec, new Deployment(1, shards, 2, dispatch), routingInterval: 1);
        var result = await Follow(run, spec, folder);
        await run.Delete();
        return result.Summary.WeightsSha256;
    }

    private static async Task<RunResult> Follow(RunHandle run, RunSpec spec, string folder, Func<int, Task>? recorded = null)
    {
        var steps = 0;
        var fetch = run.Routing(spec);
        using var writer = new RoutingFileWriter(folder, spec);
        await foreach (var _ in run.Progress(TestContext.Current.CancellationToken)) await Drain();
        await Drain();
        writer.Complete(run.RunId);
        return await run.GetResult(TestContext.Current.CancellationToken);

        async Task Drain()
        {
            while (await fetch.Next() is { } step)
            {
                writer.Add(step);
                if (recorded is not null) await recorded(++steps);
            }
        }
    }

    private static List<RecordedStep> Read(string folder)
    {
        var steps = new List<RecordedStep>();
        RoutingFile.Read(RoutingFile.PathIn(folder), _ => { }, steps.Add);
        return steps;
    }

    private static (List<RecordedStep> Steps, string Weights) Sequential(RunSpec spec)
    {
        var trainer = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data));
        var steps = new List<RecordedStep>();
        var outcome = trainer.Run(metrics =>
        {
            var routed = trainer.LastRouting!;
            steps.Add(RecordedStep.Sort(metrics.Step, routed.Indexes, Array.ConvertAll(routed.Expert, expert => (ushort)expert), routed.Gates));
        });
        return (steps, outcome.Weights.Sha256());
    }
}
