using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Recording;

/// <summary>A recording of every step replaces the router's choice.</summary>
public sealed class RoutingReplayTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("model.activation=cubic")]
    [InlineData("training.minibatch=300", "routing.gate=softmax")]
    [InlineData("routing.noise=off", "routing.loadBalance=0.01")]
    [InlineData("training.router.method=adam", "routing.gate=one", "model.loss=crossEntropy")]
    public void The_recording_of_a_run_gives_its_weights(params string[] assignments)
    {
        var spec = Specifications.Small(assignments);
        var weights = Record(spec);
        var replay = Replay(spec);
        Specifications.Sequential(replay).ShouldBe(weights);
        SpecHash.Of(replay).ShouldNotBe(SpecHash.Of(spec));
        // Where the file is decides nothing.
        SpecHash.Of(replay with { Routing = replay.Routing with { ReplayPath = "elsewhere" } }).ShouldBe(SpecHash.Of(replay));
        RunSpecJson.Parse(RunSpecJson.Write(replay), "test").ShouldBe(replay);
        RunSpecJson.Write(spec).ShouldNotContain("replay");
    }

    [Fact]
    public void Samples_go_where_the_recording_of_another_run_sends_them()
    {
        Record(Specifications.Small("training.seed=2"));
        var spec = Specifications.Small();
        var (replay, routed) = (Train(Replay(spec)), new List<int[]>());
        RoutingFile.Read(_workspace.At("record", "routing.bin"), _ => { }, step => routed.Add(Array.ConvertAll(step.Experts, expert => (int)expert)));
        replay.Experts.ShouldBe(routed);
        replay.Weights.ShouldNotBe(Specifications.Sequential(spec));
    }

    [Fact]
    public void A_recording_that_does_not_fit_is_refused()
    {
        Record(Specifications.Small());
        var path = _workspace.At("record", "routing.bin");
        Refusal("model.experts=4").ShouldBe($"{path}: is of 8 experts, but model.experts is 4");
        Refusal("data.train=701").ShouldBe($"{path}: is of 700 training samples, but data.train is 701");
        Refusal("training.steps=7").ShouldBe($"{path}: has 6 steps, but training.steps is 7: train at most 6 steps");
        var replay = Replay(Specifications.Small());
        Should.Throw<UnreadableFileException>(() => RoutingReplay.Load(replay with { Routing = replay.Routing with { ReplaySha256 = new('0', 64) } }))
            .Message.ShouldBe($"{path}: the file has changed: its SHA-256 is {replay.Routing.ReplaySha256}, but the specification has {new string('0', 64)}");
        var gone = replay with { Routing = replay.Routing with { ReplayPath = _workspace.At("gone") } };
        Should.Throw<UnreadableFileException>(() => RoutingReplay.Load(gone)).Message.ShouldBe($"{_workspace.At("gone", "routing.bin")}: no such file");

        File.Delete(path);
        Record(Specifications.Small(), step => step % 2 == 0);
        Refusal().ShouldBe($"{path}: has no step 1: a replay needs a recording of every step (--record-routing-every 1)");
    }

    [Fact]
    public void Path_and_hash_belong_together()
    {
        var spec = Specifications.Small();
        Should.Throw<SpecificationException>(() => RunSpecJson.Write(spec with { Routing = spec.Routing with { ReplayPath = "a" } })).Message.ShouldStartWith("routing.replaySha256 must be the hash");
        Should.Throw<SpecificationException>(() => RunSpecJson.Write(spec with { Routing = spec.Routing with { ReplaySha256 = new('0', 64) } })).Message.ShouldStartWith("routing.replayPath must name");
    }

    private string Refusal(params string[] assignments) => Should.Throw<UnreadableFileException>(() => RoutingReplay.Load(Replay(Specifications.Small(assignments)))).Message;

    private RunSpec Replay(RunSpec spec) =>
        spec with { Routing = spec.Routing with { ReplayPath = _workspace.At("record"), ReplaySha256 = RoutingFile.Sha256(_workspace.At("record", "routing.bin")) } };

    private string Record(RunSpec spec, Func<long, bool>? chosen = null)
    {
        using var writer = new RoutingFileWriter(_workspace.At("record"), spec);
        var trainer = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data));
        var outcome = trainer.Run(metrics =>
        {
            var routed = trainer.LastRouting!;
            if (chosen?.Invoke(metrics.Step) ?? true)
                writer.Add(RecordedStep.Sort(metrics.Step, routed.Indexes, Array.ConvertAll(routed.Expert, expert => (ushort)expert), routed.Gates));
        });
        writer.Complete("run");
        return outcome.Weights.Sha256();
    }

    private static (List<int[]> Experts, string Weights) Train(RunSpec spec)
    {
        var trainer = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data));
        var experts = new List<int[]>();
        var outcome = trainer.Run(_ => experts.Add(trainer.LastRouting!.Expert));
        return (experts, outcome.Weights.Sha256());
    }
}
