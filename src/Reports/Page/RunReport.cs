using System.Globalization;
using System.Xml.Linq;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures;
using MoeOrleans.Reports.Figures.Runs;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Published;
using MoeOrleans.Runs.Records;
using static System.FormattableString;

namespace MoeOrleans.Reports.Page;

internal static class RunReport
{
    private const string Paper = "“Towards Understanding Mixture of Experts in Deep Learning” (Chen, Deng, Wu, Gu, Li, NeurIPS 2022, arXiv 2208.02813)";

    /// <summary>Writes report.html, and figures/*.svg and *.png.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The folder, created if it does not exist; files of the same names are replaced.</param>
    /// <param name="command">The command that did the run; null if it is not known.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write to the folder.</exception>
    public static void Write(FinishedRun run, string folder, string? command = null)
    {
        var figures = RunFigures.Of(run);
        ReportFolder.Write(folder, Page(run, figures, command), figures);
    }

    /// <summary>The page alone, which has its figures inside.</summary>
    /// <param name="run">The run.</param>
    public static string Html(FinishedRun run) => Page(run, RunFigures.Of(run), command: null);

    private static string Page(FinishedRun run, IReadOnlyList<Figure> figures, string? command)
    {
        List<XElement> opening = [PageElements.Paragraph(Introduction(run))];
        if (RunWarnings.Of(run.Spec, run.Summary) is { } warning) opening.Add(PageElements.Paragraph($"Warning: {warning}."));
        return ReportPage.Write(
            $"{ModelNames.Of(run.Spec.Model)}, {ModelNames.Of(run.Spec.Data)}",
            opening,
            [
                PageElements.Section("results", "Results", [PageElements.Facts(Results(run))]),
                PageElements.Section("settings", "Settings", [PageElements.Facts(RunSettings.Of(run.Spec))]),
                PageElements.Section("figures", "Figures", figures.Select(PageElements.Figure)),
                PageElements.Section("provenance", "Provenance", [PageElements.Facts(Origin(run, command))]),
            ]);
    }

    private static string Introduction(FinishedRun run)
    {
        var (spec, model, data) = (run.Spec, run.Spec.Model, run.Spec.Data);
        var noise = run.HasRouterNoise ? "noisy " : "";
        var router = spec.Routing.Gate == GateKind.One ? "with gate one, so that noise alone chooses the expert" : $"with a {noise}top-1 router";
        if (!run.IsOfThePaper)
        {
            var experts = ExpertKinds.Of(model).Describe(model);
            return model.Kind == ModelKind.Mixture
                ? Invariant($"A sparse mixture of {model.Experts} experts ({experts}) {router}{(data.Source == DataSource.Files ? "" : $", as in {Paper}")}, on {ModelNames.Of(data)}.")
                : Invariant($"A single model ({experts}) on {ModelNames.Of(data)}.");
        }

        return model.Kind == ModelKind.Mixture
            ? Invariant($"A sparse mixture of {model.Experts} {ModelNames.Of(model.Activation)} experts {router}, trained on data with {data.Clusters} latent clusters: a run of the experiments of {Paper}.")
            : Invariant($"A single {ModelNames.Of(model.Activation)} model, the baseline of {Paper}. By theorem 4.1 no such model is right on more than {SingleModelBound.Of(data).Accuracy:0.##} % of these data.");
    }

    private static IEnumerable<(string, string)> Results(FinishedRun run)
    {
        var summary = run.Summary;
        var mixture = run.Spec.Model.Kind == ModelKind.Mixture;
        var ofThePaper = run.IsOfThePaper;
        var load = ExpertLoad.Of(summary.DispatchCounts);
        var published = ofThePaper ? PublishedTable.Find(run.Spec.Data.Setting, run.Spec.Model.Kind, run.Spec.Model.Activation, run.Spec.Model.Filters) : null;
        var accuracy = published is null ? "" : Beside(published.TestAccuracy, "0.00", " %");
        if (mixture)
        {
            yield return ("Test accuracy", run.HasRouterNoise
                ? Invariant($"{summary.TestAccuracy:0.00} % with one draw of the router's noise, {summary.TestAccuracyWithoutNoise:0.00} % without noise{accuracy}")
                : Invariant($"{summary.TestAccuracyWithoutNoise:0.00} %{accuracy}"));
            if (run.HasClusters) yield return ("Dispatch entropy", Invariant($"{summary.DispatchEntropy:0.000} nats{(published?.DispatchEntropy is { } entropy ? Beside(entropy, "0.000", "") : "")}"));
            if (load.MutualInformation is { } information) yield return ("Mutual information", Invariant($"{information:0.000} nats of cluster and expert; 0 is no specialisation"));
            yield return ("Experts", Invariant($"{load.Live} of {run.Spec.Model.Experts} live (more than {100 * load.LiveShare:0.##} % of the training samples of the {run.Measured}); entropy of the load {load.Entropy:0.000} nats, {Math.Log(run.Spec.Model.Experts):0.000} is even"));
        }
        else
        {
            yield return ("Test accuracy", Invariant($"{summary.TestAccuracy:0.00} %{accuracy}"));
            if (ofThePaper) yield return ("Bound of theorem 4.1", Invariant($"{SingleModelBound.Of(run.Spec.Data).Accuracy:0.##} %"));
        }

        yield return ("Training accuracy", Invariant($"{summary.TrainAccuracy:0.00} %, loss {summary.FinalLoss:0.0000}{(summary.MeasuredSteps > 1 ? $", mean of the last {summary.MeasuredSteps} steps" : "")}"));
        if (run.Steps.LastOrDefault(step => step.Evaluation?.ValidationLoss is not null)?.Evaluation is { } last)
            yield return ("Validation accuracy", Invariant($"{last.ValidationAccuracy:0.00} %, loss {last.ValidationLoss:0.0000}, at the last evaluation"));
        if (summary.BestLoss is { } best)
        {
            yield return (best.ValidationLoss is null ? "At the smallest loss" : "At the smallest validation loss", Invariant(
                $"test accuracy {best.TestAccuracy:0.00} % of the weights of step {best.Step}, loss {best.Loss:0.0000}{(best.ValidationLoss is { } loss ? $", validation loss {FindingsFormat.Number(loss, "0.0000")}" : "")}"));
        }

        yield return ("Steps", summary.Steps.ToString(CultureInfo.InvariantCulture));
        yield return ("Ended", RunEnd.Of(run.Spec, summary));
        if (run.Analysis.SwapTest is { } swap)
            yield return ("Swap test", Invariant($"{swap.ByWrong[0]:#,0} of {swap.Quadruples:#,0} quadruples with none wrong ({swap.NoneWrong:0.00} %){(mixture || !ofThePaper ? "" : "; theorem 4.1 says none")}"));
    }

    private static IEnumerable<(string, string)> Origin(FinishedRun run, string? command)
    {
        var summary = run.Summary;
        if (command is not null) yield return ("Command", command);
        yield return ("Specification", $"SHA-256 {summary.SpecHash}");
        yield return ("Recipe", FindingsFormat.Name(run.Spec.Recipe));
        yield return ("Seeds", Invariant($"training {summary.Seed}, data {summary.DataSeed}"));
        yield return ("Final weights", $"SHA-256 {summary.WeightsSha256}");
        if (summary.BestLoss is { } best) yield return ("Weights of the smallest loss", $"SHA-256 {best.WeightsSha256}");
        yield return ("Numerics version", summary.NumericsVersion.ToString(CultureInfo.InvariantCulture));
        yield return ("Spread", Invariant($"{summary.Silos} silo(s), {summary.Shards} shard(s), {summary.Threads} compute thread(s); it changes no bit of the result"));
        yield return ("Time", Invariant($"{summary.WallSeconds:0.0} s, {summary.StepMillisecondsMedian:0.0} ms a step (median)"));
        yield return ("Run", summary.RunId);
    }

    private static string Beside(PublishedValue value, string format, string unit) =>
        $"; published {PageElements.Measured(FindingsFormat.MeanAndDeviation(value.Value, value.PopulationDeviation, format))}{unit} ({ModelNames.Runs(value.Runs)})";
}
