using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Hosting.Tests;

/// <summary>The actors give the bits of the sequential trainer, however the minibatch is cut.</summary>
public sealed class SameBitsTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Theory]
    [InlineData("training.steps=6")]
    [InlineData("model.activation=linear")]
    [InlineData("model.activation=gelu", "training.expert.normalise=tensor")]
    [InlineData("recipe=paper", "data.setting=theorem")]
    [InlineData("routing.noise=off", "routing.loadBalance=0.01")]
    [InlineData("routing.noise=fixed", "routing.noiseInArgmax=false")]
    [InlineData("training.minibatch=300", "training.expert.momentum=0.9", "training.expert.weightDecay=0.001", "training.router.momentum=0.5")]
    [InlineData("model.kind=single")]
    [InlineData("training.router.method=adam", "training.expert.method=adam", "model.loss=crossEntropy", "routing.gate=one")]
    [InlineData("model.expert=mlp", "model.hidden=40", "training.block=64")]
    [InlineData("model.expert=mlp", "model.hidden=33", "model.outputs=5", "training.minibatch=300", "routing.gate=softmax")]
    [InlineData("model.expert=mlp", "model.hidden=64", "model.kind=single", "data.patches=5", "data.dim=17")]
    [InlineData(
        "training.minibatch=300", "training.expert.method=adamW", "training.expert.normalise=none", "training.expert.weightDecay=0.1", "training.expert.clip=0.01", "training.router.method=adamW",
        "training.router.clip=0.01", "training.schedule=warmupCosine", "training.warmup=3")]
    [InlineData("training.minibatch=300", "routing.gate=softmax", "routing.loadBalance=0.5", "routing.balance=switch", "training.router.rate=3")]
    [InlineData("training.minibatch=300", "training.schedule=step", "training.decayEvery=2")]
    [InlineData("model.experts=33", "model.filters=3", "data.patches=5", "data.dim=17")]
    public async Task Actors_and_the_sequential_trainer_give_the_same_bits(params string[] assignments)
    {
        var spec = Specifications.Small(assignments);
        var data = ClusterData.Generate<float>(spec.Data);
        var trainer = new SequentialTrainer<float>(spec, data);
        var losses = new List<double>();
        var outcome = trainer.Run(metrics => losses.Add(metrics.Loss));
        var version = outcome.LastStep.Step + (outcome.StopReason == StopReason.Steps ? 1 : 0);
        foreach (var shards in (int[])[1, 2, 3, 5])
        {
            var (summary, status, _) = await silo.Train(spec, shards);
            status.Records.Select(record => record.Loss).ShouldBe(losses);
            summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
            // With minibatches the summary is of an epoch.
            if (summary.MeasuredSteps == 1)
            {
                summary.FinalLoss.ShouldBe(outcome.LastStep.Loss);
                summary.TrainAccuracy.ShouldBe(outcome.LastStep.Accuracy);
                summary.DispatchEntropy.ShouldBe(outcome.LastStep.Entropy);
                summary.DispatchCounts.ShouldBe(outcome.LastCounts.ToRows());
            }

            summary.TestAccuracy.ShouldBe(Classification.Of(spec, outcome.Weights, data.Test, RoutePurpose.Evaluate, version).Accuracy(data.Test.Labels));
            summary.TestAccuracyWithoutNoise.ShouldBe(Classification.Of(spec, outcome.Weights, data.Test, RoutePurpose.EvaluateWithoutNoise, version).Accuracy(data.Test.Labels));
        }
    }

    [Theory]
    [InlineData("training.stop.floor=10", StopReason.Floor)]
    [InlineData("training.stop.rise=0", StopReason.Rise)]
    public async Task The_stopping_step_makes_no_update(string assignment, StopReason reason)
    {
        // A rate this high makes the loss rise soon.
        var spec = Specifications.Small("training.steps=40", "training.expert.rate=0.5", assignment);
        var trainer = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data));
        var outcome = trainer.Run();
        outcome.StopReason.ShouldBe(reason);
        var (summary, _, _) = await silo.Train(spec, 2);
        summary.StopReason.ShouldBe(reason);
        summary.StopStep.ShouldBe(outcome.LastStep.Step);
        summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
    }

    [Theory]
    [InlineData("model.kind=single", "training.expert.rate=0.03")]
    [InlineData("training.expert.rate=0.5", "training.router.rate=2")]
    public async Task The_weights_of_the_smallest_loss_are_kept(params string[] assignments)
    {
        // Rates this high make the loss rise, so that the best weights are not the last ones.
        var spec = Specifications.Small(["training.keepBest=true", "training.steps=12", "training.stop.enabled=false", .. assignments]);
        var data = ClusterData.Generate<float>(spec.Data);
        var outcome = new SequentialTrainer<float>(spec, data).Run();
        var (step, weights) = outcome.Best.ShouldNotBeNull();
        step.Step.ShouldBeInRange(1, 10);
        foreach (var shards in (int[])[1, 3])
        {
            var (summary, status, runId) = await silo.Train(spec, shards);
            summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
            summary.BestLoss.ShouldBe(new BestLossSummary(
                step.Step,
                status.Records.Min(record => record.Loss),
                step.Accuracy,
                Classification.Of(spec, weights, data.Test, RoutePurpose.Evaluate, step.Step).Accuracy(data.Test.Labels),
                Classification.Of(spec, weights, data.Test, RoutePurpose.EvaluateWithoutNoise, step.Step).Accuracy(data.Test.Labels),
                weights.Sha256()));
            // A single expert has no router.
            if (weights.Router.Length > 0) (await silo.Grains.GetGrain<ICoordinatorGrain>(runId).GetWeights(best: true, expert: null, first: 0)).ShouldNotBeNull().Span.ToArray().ShouldBe(weights.Router);
            var kept = (await silo.Grains.GetGrain<ICoordinatorGrain>(runId).GetWeights(best: true, expert: 0, first: 0)).ShouldNotBeNull();
            kept.Span.ToArray().ShouldBe(weights.Experts[0]);
        }
    }

    [Theory]
    [InlineData("routing.gate=softmax")]
    [InlineData("model.expert=mlp", "model.hidden=33", "model.outputs=5", "model.loss=crossEntropy", "routing.loadBalance=0.1")]
    public async Task Evaluations_are_those_of_the_weights_of_their_step_on_any_number_of_shards(params string[] assignments)
    {
        // The smallest loss is neither the first nor the last.
        string[] evaluated = ["training.minibatch=300", "data.test=700", "data.validation=600", "training.evaluateEvery=1", "training.keepBest=true", "training.keepBestBy=validation"];
        var spec = Specifications.Small(["training.steps=14", "training.expert.rate=0.05", "training.schedule=constant", .. evaluated, .. assignments]);
        var data = ClusterData.Generate<float>(spec.Data);
        var trainer = new SequentialTrainer<float>(spec, data);
        var (expected, hashes) = (new List<EvaluationRecord?>(), new List<string>());
        var outcome = trainer.Run(metrics =>
        {
            var isDue = metrics.Step % 3 == 2 || metrics.Step == 13;
            expected.Add(isDue ? new EvaluationRecord(Loss(data.Validation!), Accuracy(data.Validation!), Loss(data.Test), Accuracy(data.Test)) : null);
            hashes.Add(trainer.Weights.Sha256());
        });
        var best = expected.Index().Where(row => row.Item is not null).MinBy(row => row.Item!.ValidationLoss).Index;
        foreach (var shards in (int[])[1, 3])
        {
            var (summary, status, _) = await silo.Train(spec, shards);
            summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
            status.Records.Select(record => record.Evaluation).ShouldBe(expected);
            (summary.BestLoss!.Step, summary.BestLoss.WeightsSha256, summary.BestLoss.ValidationLoss).ShouldBe((best + 1, hashes[best], expected[best]!.ValidationLoss));
            status.Records.ShouldAllBe(record => record.GradientNorm > 0 && record.LearningRate == 0.05);
        }

        // Evaluations change no bit.
        (await silo.Train(spec with { Data = spec.Data with { Validation = 0 }, Training = spec.Training with { EvaluateEvery = 0, KeepBest = false, KeepBestBy = KeepBestBy.Loss } }, 2))
            .Summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());

        double Accuracy(Samples<float> samples) => Classification.Of(spec, trainer.Weights, samples, RoutePurpose.EvaluateWithoutNoise, 0).Accuracy(samples.Labels);

        double Loss(Samples<float> samples)
        {
            var routed = new RoutedSamples<float>(spec.Routing, samples.Count, spec.Model.Experts);
            for (var i = 0; i < samples.Count; i++) routed.Indexes[i] = i;
            new NoisyTopOne<float>(spec.Routing, new RouterScores<float>(trainer.Weights.Router, spec.Model.Experts), new RouterNoise<float>(spec.Routing, spec.Training.Seed))
                .Route(RoutePurpose.EvaluateWithoutNoise, 0, samples.PatchSums, routed, 0, samples.Count);
            var expert = ExpertKinds.CreateReference<float>(spec.Model, samples.Dim, samples.Patches);
            var (outputs, sum, length) = (new float[expert.Outputs], 0.0, samples.Dim * samples.Patches);
            for (var i = 0; i < samples.Count; i++)
            {
                expert.Forward(trainer.Weights.Experts[routed.Expert[i]], samples.Inputs.Span.Slice(i * length, length), outputs);
                sum += GatedLoss.Evaluate(spec.Model.Loss, [.. outputs.Select(output => (double)output)], routed.Gates[i], samples.Labels[i], new double[outputs.Length]).Loss;
            }

            return sum / samples.Count;
        }
    }

    [Fact]
    public async Task Without_being_asked_for_no_weights_but_the_last_are_kept()
    {
        var (summary, _, runId) = await silo.Train(Specifications.Small(), 1);
        summary.BestLoss.ShouldBeNull();
        (await silo.Grains.GetGrain<ICoordinatorGrain>(runId).GetWeights(best: true, expert: 7, first: 0)).ShouldBeNull();
    }

    [Fact]
    public async Task Recording_the_products_changes_no_bit()
    {
        var spec = Specifications.Small();
        var outcome = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run();
        var (summary, _, runId) = await silo.Train(spec, 2, productsInterval: 4);
        summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
        var records = await silo.Grains.GetGrain<ICoordinatorGrain>(runId).GetProducts();
        records.Select(record => record.Step).ShouldBe([0, 4, 6]);
        records[0].RouterCentre.ShouldAllBe(row => row.All(product => product == 0));
        var last = Products.Of(outcome.Weights, Signals.Draw(spec.Data.Seed, spec.Data.Clusters, spec.Data.Dim));
        records[^1].RouterCentre.ShouldBe(last.RouterCentre);
        records[^1].ExpertFeature.ShouldBe(last.ExpertFeature);
    }
}
