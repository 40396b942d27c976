using MoeOrleans.Compute;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Tests;

/// <summary>Real runs, made in the test by the sequential trainer: small data, few steps.</summary>
internal static class SmallRuns
{
    public static RunSpec Spec(ModelKind model = ModelKind.Mixture, Activation? activation = null, int seed = 1, string setting = "1")
    {
        var spec = Presets.For(Recipe.Reference, setting, model, activation);
        return spec with
        {
            Data = spec.Data with { Dim = 16, Train = 512, Test = 400 },
            Model = spec.Model with { Options = new PatchCnnOptions { Filters = 4 }, Experts = model == ModelKind.Mixture ? 6 : 1 },
            Training = spec.Training with { Seed = seed, Steps = 30 },
        };
    }

    /// <summary>A mixture on images of three classes from files, in minibatches, with evaluations.</summary>
    public static FinishedRun OwnData()
    {
        var (train, test) = (Images(96, 0), Images(60, 1000));
        var files = new DataSpec
        {
            Source = DataSource.Files,
            Path = "/data",
            Sha256 = new('0', 64),
            ClassNames = "ankle boot|bag of leather, with a long name|shirt",
            Clusters = 1,
            Patches = 1,
            Dim = 64,
            Train = train.Count,
            Test = test.Count,
            Validation = test.Count,
        };
        var spec = new SpecificationBuilder().Set("data.source=files").Set("data.path=/data").Set("model.experts=4").Set("model.expert=mlp").Set("model.hidden=8")
            .Set("training.minibatch=24").Set("training.steps=32").UseFiles(files with { Train = train.Count }, 3).Build();
        var run = Train(spec, new Dataset<float>(train, test, null) { Validation = test }, products: false);
        StepRecord[] steps =
        [
            .. run.Steps.Select(step => step.Step % 4 == 3
                ? step with { Evaluation = new EvaluationRecord(1.2 - (0.02 * step.Step), 30 + step.Step, 1.3 - (0.02 * step.Step), 28 + step.Step) }
                : step),
        ];
        return run with
        {
            Steps = steps,
            Summary = run.Summary with { MeasuredSteps = 4 },
            Loads = [.. Enumerable.Range(0, 8).Select(epoch => new LoadRecord((4 * epoch) + 3, [24 + epoch, 24 - epoch, 30 - epoch, 18 + epoch]))],
        };
    }

    private static Samples<float> Images(int count, int seed)
    {
        var inputs = new float[count * 64];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = ((i + seed) * 7919 % 101 / 200f) + (i % 64 / 22 == i / 64 % 3 ? 0.5f : 0);
        return new Samples<float>(1, 64, 1, inputs, [.. Enumerable.Range(0, count).Select(i => i % 3)], new int[count]);
    }

    public static FinishedRun Train(RunSpec spec, bool products = true) => Train(spec, ClusterData.Generate<float>(spec.Data), products);

    private static FinishedRun Train(RunSpec spec, Dataset<float> data, bool products)
    {
        var trainer = new SequentialTrainer<float>(spec, data);
        var (steps, records) = (new List<StepRecord>(), new List<ProductsRecord>());
        var outcome = trainer.Run(step =>
        {
            // Times as if they had been measured.
            steps.Add(new StepRecord(step.Step, step.Loss, step.Accuracy, step.Entropy, step.Imbalance, 3, 2, 0.5, 2.5 + (step.Step % 3)));
            if (products) records.Add(ProductsRecord.Of(step.Step, Products.Of(trainer.Weights, data.Signals!)));
        });
        var summary = new RunSummary(
            $"small-{spec.Training.Seed}", SpecHash.Of(spec), NumericsVersion.Current, spec.Training.Seed, spec.Data.Seed, steps.Count,
            outcome.StopReason == StopReason.Steps ? null : outcome.LastStep.Step, outcome.StopReason,
            outcome.LastStep.Loss, outcome.LastStep.Accuracy, Accuracy(RoutePurpose.Evaluate), Accuracy(RoutePurpose.EvaluateWithoutNoise),
            outcome.LastStep.Entropy, outcome.LastCounts.ToRows(), outcome.Weights.Sha256(), 1, 1, 1, DispatchMode.Reference, 1, 3, 0.5, 0, null);
        return new FinishedRun(spec, summary, steps, records, outcome.Weights, ModelAnalysis.Of(spec, outcome.Weights, data));

        double Accuracy(RoutePurpose purpose) =>
            Classification.Of(spec, outcome.Weights, data.Test, purpose, steps.Count).Accuracy(data.Test.Labels);
    }
}
