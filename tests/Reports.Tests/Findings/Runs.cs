using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Reports.Tests.Findings;

/// <summary>Runs as if they had been made: the published recipe, with the results that a test is about.</summary>
internal static class Runs
{
    public static RunSpec Mixture(string setting, Activation? activation = null, int seed = 1) =>
        Seeded(Presets.For(Recipe.Reference, setting, ModelKind.Mixture, activation ?? Activation.Cubic), seed);

    public static RunSpec Single(string setting, Activation? activation = null, int filters = 40, int seed = 1)
    {
        var spec = Seeded(Presets.For(Recipe.Reference, setting, ModelKind.Single, activation ?? Activation.Cubic), seed);
        return spec with { Model = spec.Model with { Options = new PatchCnnOptions { Filters = filters } } };
    }

    /// <summary>The published variant of the entropy curves.</summary>
    public static RunSpec Curve(string setting, int seed = 1)
    {
        var spec = Mixture(setting, seed: seed);
        return spec with
        {
            Routing = spec.Routing with { Noise = NoiseKind.Fixed },
            Training = spec.Training with { Expert = spec.Training.Expert with { Normalise = NormKind.Tensor }, Stop = spec.Training.Stop with { Enabled = false } },
        };
    }

    public static RunSpec Seeded(RunSpec spec, int seed) => spec with { Training = spec.Training with { Seed = seed } };

    /// <summary>A run of 4 clusters and 8 experts, of which each gets a hundred samples of one cluster alone.</summary>
    public static LabelledRun Finished(
        string part, RunSpec spec, double accuracy = 99, double entropy = 0.1, double[]? curve = null, double? best = null,
        int noneWrong = 0, int[][]? counts = null)
    {
        counts ??= [[100, 0, 0, 0, 100, 0, 0, 0], [0, 100, 0, 0, 0, 100, 0, 0], [0, 0, 100, 0, 0, 0, 100, 0], [0, 0, 0, 100, 0, 0, 0, 100]];
        double[][] unrouted = [.. counts.Select(row => row.Select(count => count > 0 ? 99.9 : 60).ToArray())];
        var name = $"{part}-{spec.Model.Kind}-{spec.Data.Setting}-{spec.Training.Seed}-{spec.Data.Seed}";
        var smallest = best is { } value ? new BestLossSummary(700, 0.3, 80, value, value, "best") : null;
        var summary = new RunSummary(
            name, SpecHash.Of(spec), 1, spec.Training.Seed, spec.Data.Seed, 501, 500, StopReason.Rise, 0.32, 100, accuracy, accuracy + 0.5,
            entropy, counts, $"hash of {name}", 1, 1, 2, DispatchMode.Reference, 1.5, 2, 0.9, 0, smallest);
        StepRecord[] steps = [.. (curve ?? [entropy]).Select((value, step) => new StepRecord(step, 0.4, 90, value, 1.25, 1, 1, 1, 2))];
        var layout = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        var swaps = new SwapTestResult(1000, [noneWrong, 600, 400 - noneWrong, 0, 0]);
        return new LabelledRun(name, [part], new FinishedRun(spec, summary, steps, [], new MixtureWeights<float>([], [], layout), new ModelAnalysis(unrouted, swaps)));
    }

    /// <summary>The run with another summary.</summary>
    public static LabelledRun With(this LabelledRun run, Func<RunSummary, RunSummary> change) =>
        run with { Run = run.Run with { Summary = change(run.Run.Summary) } };

    /// <summary>The run with another accuracy of each expert on each cluster, without the router.</summary>
    public static LabelledRun WithUnrouted(this LabelledRun run, double[][] accuracies) =>
        run with { Run = run.Run with { Analysis = run.Run.Analysis with { UnroutedAccuracy = accuracies } } };
}
