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
                // What is of interest first: with own data how well they are classified.
                run.IsOfThePaper ? null : TrainingFigure.Of(run), ConfusionFigure.Of(run),
                router ? RoutingPlaneFigure.Of(run) : null, EntropyFigure.Of(run), DispatchFigure.Of(run), UnroutedFigure.Of(run), ExamplesFigure.Of(run),
                router ? ProductsFigure.OfRouter(run) : null, ProductsFigure.OfExperts(run), run.IsOfThePaper ? TrainingFigure.Of(run) : null, LoadOverTimeFigure.Of(run), LoadFigure.Of(run), TimeFigure.Of(run),
            ]
            : [TrainingFigure.Of(run), ConfusionFigure.Of(run), ProductsFigure.OfExperts(run), run.IsOfThePaper ? UnroutedFigure.Of(run) : null, TimeFigure.Of(run)];
        return [.. all.OfType<Figure>()];
    }
}
