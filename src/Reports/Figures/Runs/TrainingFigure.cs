using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures.Drawing;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Loss and training accuracy over the steps of a run.</summary>
public static class TrainingFigure
{
    // Cross-entropy of softmax outputs, each at most 1, taken as logits of two classes: ln(1 + 1/e).
    private const double SoftmaxFloor = 0.31326168751822286;

    /// <summary>Draws it.</summary>
    /// <param name="run">The run.</param>
    public static Figure Of(FinishedRun run)
    {
        var steps = Thinned.Of(run.Steps);
        double[] x = [.. steps.Select(step => (double)step.Step)];
        var loss = FigurePlot.New("Loss", "step", "mean loss (nats)");
        FigurePlot.Curve(loss, x, [.. steps.Select(step => step.Loss)], SeriesStyle.Of(0));
        var hasFloor = run.Spec.Model.Loss == LossKind.SoftmaxCrossEntropy;
        if (hasFloor) FigurePlot.Reference(loss, SoftmaxFloor, "smallest possible, ln(1 + 1/e)", x[^1]);
        loss.Axes.Margins(0, 0.08);
        var accuracy = FigurePlot.New("Training accuracy", "step", "accuracy (%)");
        FigurePlot.Curve(accuracy, x, [.. steps.Select(step => step.Accuracy)], SeriesStyle.Of(0));
        accuracy.Axes.Margins(0, 0.08);
        var stop = run.Summary.StopStep is { } at ? Invariant($"The stop rule ended the run at step {at}.") : "The run made all its steps.";
        return new FigureSheet(860, 320).Add(loss, 0, 0, 430, 320).Add(accuracy, 430, 0, 430, 320).Draw(
            "training", "Loss and training accuracy",
            Invariant($"Loss and accuracy of the training samples at each step, before its update: at the last one {run.Steps[^1].Loss:0.0000} and {run.Steps[^1].Accuracy:0.00} %. {stop}")
            + (hasFloor ? " As in the official code the loss takes the softmax's outputs as logits, so with two classes it cannot fall below ln(1 + 1/e) = 0.3133." : ""));
    }
}
