using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Figures.Runs;

internal static class RunFigures
{
    /// <summary>Draws a run's figures in the order of a report. A single model has no router, so figures of it are left out.</summary>
    public static IReadOnlyList<Figure> Of(FinishedRun run)
    {
        var mixture = run.Spec.Model.Kind == ModelKind.Mixture;
        Figure?[] all = mixture
            ?
            [
                RoutingPlaneFigure.Of(run), EntropyFigure.Of(run), DispatchFigure.Of(run), UnroutedFigure.Of(run),
                ProductsFigure.OfRouter(run), ProductsFigure.OfExperts(run), TrainingFigure.Of(run), LoadFigure.Of(run), TimeFigure.Of(run),
            ]
            : [TrainingFigure.Of(run), ProductsFigure.OfExperts(run), UnroutedFigure.Of(run), TimeFigure.Of(run)];
        return [.. all.OfType<Figure>()];
    }
}
