using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Runs.Records;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Loss and accuracy over the steps of a run, of training, validation and test samples.</summary>
internal static class TrainingFigure
{
    private static readonly (string Name, Func<EvaluationRecord, double?> Loss, Func<EvaluationRecord, double?> Accuracy)[] s_sets =
    [
        ("validation samples", of => of.ValidationLoss, of => of.ValidationAccuracy),
        ("test samples", of => of.TestLoss, of => of.TestAccuracy),
    ];

    public static Figure Of(FinishedRun run)
    {
        var steps = Thinned.Of(run.Steps);
        double[] x = [.. steps.Select(step => (double)step.Step)];
        var isEvaluated = run.Steps.Any(step => step.Evaluation is not null);
        var loss = FigurePlot.New("Loss", "step", "mean loss (nats)");
        // Evaluations have no balance loss.
        FigurePlot.DrawCurve(loss, x, [.. steps.Select(step => isEvaluated ? step.Loss - step.BalanceLoss : step.Loss)], SeriesStyle.Of(0));
        var hasFloor = run.Spec.Model.Loss == LossKind.SoftmaxCrossEntropy;
        // Cross-entropy of softmax outputs, each at most 1, taken as logits.
        var others = run.Spec.Model.Outputs - 1;
        var floor = Math.Log(1 + (others / Math.E));
        var formula = Invariant($"ln(1 + {others}/e)");
        if (hasFloor) FigurePlot.DrawReference(loss, floor, $"smallest possible, {formula}", x[^1]);
        var accuracy = FigurePlot.New(isEvaluated ? "Accuracy" : "Training accuracy", "step", "accuracy (%)");
        FigurePlot.DrawCurve(accuracy, x, [.. steps.Select(step => step.Accuracy)], SeriesStyle.Of(0));
        string[] names = ["training steps", .. s_sets.Index().Where(set => DrawEvaluations(run, loss, set.Item.Loss, set.Index + 1) & DrawEvaluations(run, accuracy, set.Item.Accuracy, set.Index + 1)).Select(set => set.Item.Name)];
        loss.Axes.Margins(0, 0.08);
        accuracy.Axes.Margins(0, 0.08);
        var legend = isEvaluated ? LegendRow.Height : 0;
        var sheet = new FigureSheet(860, 320 + legend).Add(loss, 0, legend, 430, 320).Add(accuracy, 430, legend, 430, 320);
        if (isEvaluated) sheet.Add(LegendRow.Lines(860, names.Select(name => (name, SeriesStyle.Of(name == names[0] ? 0 : name == s_sets[0].Name ? 1 : 2)))), 0, 0, 860, legend);
        var end = RunEnd.Of(run.Spec, run.Summary);
        return sheet.Draw(
            "training", isEvaluated ? "Loss and accuracy" : "Loss and training accuracy",
            Invariant($"Loss and accuracy of the training samples at each step, before its update: at the last one {run.Steps[^1].Loss:0.0000} and {run.Steps[^1].Accuracy:0.00} %. The run ended: {end}.")
            + (isEvaluated ? Invariant($" No curve has a balance loss. Evaluations are of the weights after a step, without router noise; the last one: {Last(run)}.") : "")
            + (hasFloor ? Invariant($" As in the official code the loss takes the softmax's outputs as logits, so with {others + 1} classes it cannot fall below {formula} = {floor:0.0000}.") : ""));
    }

    private static bool DrawEvaluations(FinishedRun run, Plot plot, Func<EvaluationRecord, double?> value, int style)
    {
        var points = Thinned.Of([.. run.Steps.Where(step => step.Evaluation is { } of && value(of) is not null)]);
        if (points.Count == 0) return false;
        double[] x = [.. points.Select(step => (double)step.Step)];
        double[] y = [.. points.Select(step => value(step.Evaluation!)!.Value)];
        FigurePlot.DrawCurve(plot, x, y, SeriesStyle.Of(style));
        // A single evaluation is no line.
        if (points.Count == 1) FigurePlot.DrawMarker(plot, x[0], y[0], SeriesStyle.Of(style), 6);
        return true;
    }

    private static string Last(FinishedRun run)
    {
        var last = run.Steps.Last(step => step.Evaluation is not null).Evaluation!;
        var validation = last.ValidationLoss is { } loss ? Invariant($"validation loss {loss:0.0000} and accuracy {last.ValidationAccuracy:0.00} %, ") : "";
        return Invariant($"{validation}test loss {last.TestLoss:0.0000} and accuracy {last.TestAccuracy:0.00} %");
    }
}
