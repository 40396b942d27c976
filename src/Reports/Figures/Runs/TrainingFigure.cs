using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures.Drawing;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Loss and training accuracy over the steps of a run.</summary>
internal static class TrainingFigure
{
    public static Figure Of(FinishedRun run)
    {
        var steps = Thinned.Of(run.Steps);
        double[] x = [.. steps.Select(step => (double)step.Step)];
        var loss = FigurePlot.New("Loss", "step", "mean loss (nats)");
        FigurePlot.DrawCurve(loss, x, [.. steps.Select(step => step.Loss)], SeriesStyle.Of(0));
        var hasFloor = run.Spec.Model.Loss == LossKind.SoftmaxCrossEntropy;
        // Cross-entropy of softmax outputs, each at most 1, taken as logits.
        var others = run.Spec.Model.Outputs - 1;
        var floor = Math.Log(1 + (others / Math.E));
        var formula = Invariant($"ln(1 + {others}/e)");
        if (hasFloor) FigurePlot.DrawReference(loss, floor, $"smallest possible, {formula}", x[^1]);
        loss.Axes.Margins(0, 0.08);
        var accuracy = FigurePlot.New("Training accuracy", "step", "accuracy (%)");
        FigurePlot.DrawCurve(accuracy, x, [.. steps.Select(step => step.Accuracy)], SeriesStyle.Of(0));
        accuracy.Axes.Margins(0, 0.08);
        var stop = run.Summary.StopStep is { } at ? Invariant($"The stop rule ended the run at step {at}.") : "The run made all its steps.";
        return new FigureSheet(860, 320).Add(loss, 0, 0, 430, 320).Add(accuracy, 430, 0, 430, 320).Draw(
            "training", "Loss and training accuracy",
            Invariant($"Loss and accuracy of the training samples at each step, before its update: at the last one {run.Steps[^1].Loss:0.0000} and {run.Steps[^1].Accuracy:0.00} %. {stop}")
            + (hasFloor ? Invariant($" As in the official code the loss takes the softmax's outputs as logits, so with {others + 1} classes it cannot fall below {formula} = {floor:0.0000}.") : ""));
    }
}
