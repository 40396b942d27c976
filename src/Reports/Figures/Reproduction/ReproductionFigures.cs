using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures.Runs;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>All figures of a reproduction, by the section of the report.</summary>
/// <param name="Routing">Data and learned routing.</param>
/// <param name="Accuracies">Accuracy and entropy of every run.</param>
/// <param name="Curves">Dispatch entropy over training.</param>
/// <param name="SingleModels">Theorem 4.1.</param>
/// <param name="Specialisation">Theorem 4.2.</param>
/// <param name="Sweeps">Ablations and sweeps.</param>
internal sealed record ReproductionFigures(
    IReadOnlyList<Figure> Routing,
    IReadOnlyList<Figure> Accuracies,
    IReadOnlyList<Figure> Curves,
    IReadOnlyList<Figure> SingleModels,
    IReadOnlyList<Figure> Specialisation,
    IReadOnlyList<Figure> Sweeps)
{
    /// <summary>All figures in the order of the report.</summary>
    public IEnumerable<Figure> All => [.. Routing, .. Accuracies, .. Curves, .. SingleModels, .. Specialisation, .. Sweeps];

    /// <summary>Draws the figures that there are runs for.</summary>
    public static ReproductionFigures Of(ReproductionFindings findings, IReadOnlyList<LabelledRun> runs) => new(
        [.. Routings(runs)],
        AccuracyFigures.Of(findings.Table),
        Some(EntropyCurvesFigure.Of(findings.Curves, runs.FirstOrDefault(run => run.Parts.Contains(ReproductionPart.Curves))?.Run.Spec.Data.Clusters ?? 2)),
        Some(BoundsFigure.Of(findings.Bounds), SwapTestFigure.Of(findings.SwapTests)),
        SpecialisationFigures.Of(findings.Specialisation),
        SweepFigures.Of(findings.Sweeps));

    /// <summary>The routing of the table's first nonlinear and first linear mixture, and the nonlinear mixture's products.</summary>
    private static IEnumerable<Figure> Routings(IReadOnlyList<LabelledRun> runs)
    {
        foreach (var activation in PublishedActivations.Compared.Reverse())
        {
            var first = runs.Where(run => run.Parts.Contains(ReproductionPart.Table) && run.Run.Spec.Model is var model && model.Kind == ModelKind.Mixture && model.Activation == activation)
                .OrderBy(run => run.Run.Spec.Data.Setting, StringComparer.Ordinal).ThenBy(run => run.Run.Spec.Training.Seed).FirstOrDefault();
            if (first is null) continue;
            var name = ModelNames.Of(activation);
            var of = $"{ModelNames.Of(ModelKind.Mixture, activation, 0)}, {ModelNames.Setting(first.Run.Spec.Data.Setting)}, seed {first.Run.Spec.Training.Seed}";
            if (RoutingPlaneFigure.Of(first.Run, $"routing-plane-{name}", $"Data and learned routing: {of}") is { } plane) yield return plane;
            if (activation != PublishedActivations.Nonlinear) continue;
            if (ProductsFigure.OfRouter(first.Run) is { } router) yield return router with { Title = $"{router.Title}: {of}" };
            if (ProductsFigure.OfExperts(first.Run) is { } experts) yield return experts with { Title = $"{experts.Title}: {of}" };
        }
    }

    private static IReadOnlyList<Figure> Some(params Figure?[] figures) => [.. figures.OfType<Figure>()];
}
