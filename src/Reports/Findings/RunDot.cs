using MoeOrleans.Compute.Training;

namespace MoeOrleans.Reports.Findings;

/// <summary>One run of a table's row, a dot in its figure. Accuracies are in percent.</summary>
/// <param name="Name">The run.</param>
/// <param name="Seed">Training seed.</param>
/// <param name="DataSeed">Data seed.</param>
/// <param name="TestAccuracy">Test accuracy, for mixtures with one draw of noise.</param>
/// <param name="TestAccuracyWithoutNoise">Test accuracy without noise.</param>
/// <param name="DispatchEntropy">Dispatch entropy of the last training step; null for single models.</param>
/// <param name="TrainAccuracy">Training accuracy of the last step.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="StopStep">The step at which the stop rule ended the run, or null.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="TestAccuracyAtSmallestLoss">Test accuracy of the weights of the smallest training loss; null if they were not kept.</param>
/// <param name="WeightsSha256">Hash of the final weights.</param>
internal sealed record RunDot(
    string Name,
    long Seed,
    long DataSeed,
    double TestAccuracy,
    double TestAccuracyWithoutNoise,
    double? DispatchEntropy,
    double TrainAccuracy,
    long Steps,
    long? StopStep,
    StopReason StopReason,
    double? TestAccuracyAtSmallestLoss,
    string WeightsSha256)
{
    internal static RunDot Of(LabelledRun labelled)
    {
        var summary = labelled.Run.Summary;
        return new RunDot(
            labelled.Name, summary.Seed, summary.DataSeed, summary.TestAccuracy, summary.TestAccuracyWithoutNoise,
            labelled.IsMixture ? summary.DispatchEntropy : null, summary.TrainAccuracy,
            summary.Steps, summary.StopStep, summary.StopReason, summary.BestLoss?.TestAccuracy, summary.WeightsSha256);
    }
}
