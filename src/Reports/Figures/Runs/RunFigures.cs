using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>All figures of a run.</summary>
public static class RunFigures
{
    /// <summary>Draws those that make sense for a run, in the order of a report.</summary>
    /// <param name="run">The run; a single model has no router to show.</param>
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
