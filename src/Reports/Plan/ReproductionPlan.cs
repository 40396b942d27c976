using System.Globalization;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Plan;

/// <summary>
/// The runs that reproduce the paper. A run that several parts need is planned once. The order keeps runs on the same data together,
/// so that the data are generated once.
/// </summary>
internal static class ReproductionPlan
{
    /// <summary>Initialisations of the expensive rows, of which one run was published: the matched baseline, the sweeps.</summary>
    private const int FewRuns = 3;

    /// <summary>Names and meanings of the parts.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Parts { get; } =
    [
        (ReproductionPart.Table, "single models and mixtures, several initialisations on one data set"),
        (ReproductionPart.OverData, "the same with a data set of its own for each run; needs --data-seeds"),
        (ReproductionPart.Curves, "dispatch entropy over training, noise drawn once; settings 1 and 2"),
        (ReproductionPart.Bounds, "theorem 4.1: single models of six activations; setting theorem"),
        (ReproductionPart.Specialisation, "theorem 4.2: experts alone on each cluster, both recipes; setting theorem"),
        (ReproductionPart.Noise, "router noise in argmax and gate, in one, in neither"),
        (ReproductionPart.LoadBalance, "coefficients of the load-balancing loss"),
        (ReproductionPart.Experts, "1 to 32 experts"),
        (ReproductionPart.Clusters, "2 to 8 clusters"),
    ];

    /// <summary>The parts that run on every requested setting. The others are sweeps on the first one.</summary>
    public static IReadOnlyList<string> SettingParts { get; } =
        [ReproductionPart.Table, ReproductionPart.OverData, ReproductionPart.Curves, ReproductionPart.Bounds, ReproductionPart.Specialisation];

    /// <exception cref="SpecificationException">A change is not valid.</exception>
    public static IReadOnlyList<PlannedRun> Of(PlanOptions options)
    {
        var wanted = Wanted(options).Where(run => options.Parts.Contains(run.Part)).Select(run => (run.Part, Spec: Change(run.Spec, options.Changes)));
        return [.. wanted.GroupBy(run => SpecHash.Of(run.Spec)).Select(same => new PlannedRun(
            Name(same.First().Spec, same.Key), [.. same.Select(run => run.Part).Distinct()], same.First().Spec))];
    }

    private static IEnumerable<(string Part, RunSpec Spec)> Wanted(PlanOptions options)
    {
        var few = Math.Min(FewRuns, options.Runs);
        foreach (var setting in options.Settings)
        {
            foreach (var spec in PublishedActivations.Compared.SelectMany(activation => Seeds(Mixture(setting, activation), options.Runs))) yield return (ReproductionPart.Table, spec);
            if (setting is "1" or "2")
            {
                foreach (var spec in PublishedActivations.Compared.SelectMany(activation => Seeds(Curve(Mixture(setting, activation)), options.Runs))) yield return (ReproductionPart.Curves, spec);
            }

            if (setting == "theorem")
            {
                Recipe[] recipes = [Recipe.Reference, Recipe.Paper];
                foreach (var spec in recipes.SelectMany(recipe => Seeds(Presets.For(recipe, setting), options.Runs))) yield return (ReproductionPart.Specialisation, spec);
            }

            if (setting == options.Settings[0])
            {
                foreach (var (part, spec) in Sweeps(Mixture(setting, PublishedActivations.Nonlinear))) yield return (part, spec);
            }

            (int Filters, int Runs)[] widths = options.Wide ? [(40, options.Runs), (64, options.Runs), (256, options.Runs)] : [(40, options.Runs), (64, few)];
            foreach (var (filters, runs) in widths)
            {
                foreach (var spec in PublishedActivations.Compared.SelectMany(activation => Seeds(Single(setting, activation, filters), runs))) yield return (ReproductionPart.Table, spec);
            }

            if (setting == "theorem" || options.Wide)
            {
                foreach (var spec in PublishedActivations.OfSingleModels.SelectMany(activation => Seeds(Single(setting, activation, 64), few))) yield return (ReproductionPart.Bounds, spec);
            }

            for (var seed = 1; seed <= options.DataSeeds; seed++)
            {
                RunSpec[] specs = [.. PublishedActivations.Compared.Select(activation => Mixture(setting, activation)), .. PublishedActivations.Compared.Select(activation => Single(setting, activation, 40))];
                foreach (var spec in specs) yield return (ReproductionPart.OverData, Seed(spec, seed) with { Data = spec.Data with { Seed = seed } });
            }
        }

        IEnumerable<(string, RunSpec)> Sweeps(RunSpec spec)
        {
            var routing = spec.Routing;
            RoutingSpec[] noises = [routing, routing with { NoiseInGate = false }, routing with { NoiseInArgmax = false }, routing with { Noise = NoiseKind.Off }];
            foreach (var run in noises.SelectMany(noise => Seeds(spec with { Routing = noise }, few))) yield return (ReproductionPart.Noise, run);
            double[] coefficients = [0, 0.0001, 0.001, 0.01];
            foreach (var run in coefficients.SelectMany(coefficient => Seeds(spec with { Routing = routing with { LoadBalance = coefficient } }, few))) yield return (ReproductionPart.LoadBalance, run);
            int[] experts = [1, 2, 4, 8, 16, 32];
            foreach (var run in experts.SelectMany(count => Seeds(Experts(spec, count), few))) yield return (ReproductionPart.Experts, run);
            int[] clusters = [2, 3, 4, 6, 8];
            foreach (var run in clusters.SelectMany(count => Seeds(spec with { Data = spec.Data with { Clusters = count } }, few))) yield return (ReproductionPart.Clusters, run);
        }
    }

    private static RunSpec Change(RunSpec spec, IReadOnlyList<string> changes)
    {
        if (changes.Count == 0) return spec;
        var builder = new SpecificationBuilder().AddJson(RunSpecJson.Write(spec), "the plan");
        foreach (var change in changes) builder.Set(change);
        return builder.Build();
    }

    private static RunSpec Mixture(string setting, Activation activation) => Presets.For(Recipe.Reference, setting, ModelKind.Mixture, activation);

    private static RunSpec Single(string setting, Activation activation, int filters)
    {
        var spec = Presets.For(Recipe.Reference, setting, ModelKind.Single, activation);
        return spec with { Model = spec.Model with { Options = new PatchCnnOptions { Filters = filters } } };
    }

    private static RunSpec Experts(RunSpec spec, int count) => spec with
    {
        Model = spec.Model with { Experts = count },
        Training = spec.Training with { Block = ExpertKinds.Of(spec.Model).DefaultBlock(count) },
    };

    // As in the official code that recorded the curves: noise is drawn once, each tensor is divided by its own norm, no early stop.
    private static RunSpec Curve(RunSpec spec) => spec with
    {
        Routing = spec.Routing with { Noise = NoiseKind.Fixed },
        Training = spec.Training with
        {
            Expert = spec.Training.Expert with { Normalise = NormKind.Tensor },
            Stop = spec.Training.Stop with { Enabled = false },
        },
    };

    private static IEnumerable<RunSpec> Seeds(RunSpec spec, int runs) => Enumerable.Range(1, runs).Select(seed => Seed(spec, seed));

    private static RunSpec Seed(RunSpec spec, int seed) => spec with { Training = spec.Training with { Seed = seed } };

    // For people. The hash makes the name unique, and changes it if the specification changes.
    private static string Name(RunSpec spec, string hash)
    {
        var activation = spec.Model.Activation;
        var model = spec.Model.Kind == ModelKind.Single
            ? $"single-{activation}-j{spec.Model.Filters}"
            : $"{(spec.Recipe == Recipe.Paper ? "paper-" : "")}moe-{activation}-m{spec.Model.Experts}";
        var curve = spec.Routing.Noise == NoiseKind.Fixed ? "-curve" : "";
        return string.Create(CultureInfo.InvariantCulture, $"setting-{spec.Data.Setting}-{model}{curve}-seed-{spec.Training.Seed}-data-{spec.Data.Seed}-{hash[..8]}");
    }
}
