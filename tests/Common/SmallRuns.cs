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

    public static FinishedRun Train(RunSpec spec, bool products = true)
    {
        var data = ClusterData.Generate<float>(spec.Data);
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
