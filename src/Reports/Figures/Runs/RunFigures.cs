using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Figures.Runs;

internal static class RunFigures
{
    /// <summary>
    /// Draws a run's figures in the order of a report. With gate one there is no router to train, even if there are several experts, so its
    /// figures are left out.
    /// </summary>
    public static IReadOnlyList<Figure> Of(FinishedRun run)
    {
        var mixture = run.Spec.Model.Kind == ModelKind.Mixture;
        var router = run.Spec.Routing.Gate != GateKind.One;
        Figure?[] all = mixture
            ?
            [
                router ? RoutingPlaneFigure.Of(run) : null, EntropyFigure.Of(run), DispatchFigure.Of(run), UnroutedFigure.Of(run),
                router ? ProductsFigure.OfRouter(run) : null, ProductsFigure.OfExperts(run), TrainingFigure.Of(run), LoadFigure.Of(run), TimeFigure.Of(run),
            ]
            : [TrainingFigure.Of(run), ProductsFigure.OfExperts(run), UnroutedFigure.Of(run), TimeFigure.Of(run)];
        return [.. all.OfType<Figure>()];
    }
}
