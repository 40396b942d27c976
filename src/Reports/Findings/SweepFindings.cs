using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Makes the points of ablations and sweeps.</summary>
internal static class SweepFindings
{
    private static readonly string[] s_places = ["argmax and gate", "argmax alone", "gate alone", "neither"];

    /// <summary>The points of each sweep in ascending order.</summary>
    public static IReadOnlyList<SweepPoint> Of(IReadOnlyList<LabelledRun> runs) =>
    [
        .. Points(runs, Sweep.Noise, ReproductionPart.Noise, Place),
        .. Points(runs, Sweep.LoadBalance, ReproductionPart.LoadBalance, spec => spec.Routing.LoadBalance),
        .. Points(runs, Sweep.Experts, ReproductionPart.Experts, spec => spec.Model.Experts),
        .. Points(runs, Sweep.Clusters, ReproductionPart.Clusters, spec => spec.Data.Clusters),
    ];

    private static double Place(RunSpec spec) => spec.Routing switch
    {
        { Noise: NoiseKind.Off } => 3,
        { NoiseInArgmax: true, NoiseInGate: true } => 0,
        { NoiseInArgmax: true } => 1,
        { NoiseInGate: true } => 2,
        _ => 3,
    };

    private static IEnumerable<SweepPoint> Points(IReadOnlyList<LabelledRun> runs, Sweep sweep, string part, Func<RunSpec, double> value) =>
        RunOrder.Of(runs, part)
            .GroupBy(run => (run.Run.Spec.Recipe, run.Run.Spec.Data.Setting, run.Run.Spec.Model.Activation))
            .OrderBy(series => series.Key.Recipe)
            .SelectMany(series => series.GroupBy(run => value(run.Run.Spec)).OrderBy(point => point.Key).Select(point => Point(sweep, point.Key, [.. point.Select(run => run.Run)])));

    private static SweepPoint Point(Sweep sweep, double value, FinishedRun[] runs) => new(
        sweep, runs[0].Spec.Recipe, runs[0].Spec.Data.Setting, runs[0].Spec.Model.Activation,
        sweep == Sweep.Noise ? s_places[(int)value] : value.ToString("R", CultureInfo.InvariantCulture),
        sweep == Sweep.Noise ? null : value,
        runs.Length,
        Sample.Of(runs.Select(run => run.Summary.TestAccuracy)),
        Sample.Of(runs.Select(run => run.Summary.TestAccuracyWithoutNoise)),
        Sample.Of(runs.Select(run => run.Summary.DispatchEntropy)),
        Sample.Of(runs.Select(run => run.Steps[^1].Imbalance)),
        Sample.Of(runs.Select(run => run.Summary.StepMillisecondsMedian)),
        [.. runs.Select(run => new SweepRun(run.Spec.Training.Seed, run.Summary.TestAccuracy, run.Summary.DispatchEntropy, run.Steps[^1].Imbalance))]);
}
