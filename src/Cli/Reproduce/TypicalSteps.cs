using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>
/// The steps after which the stop rule typically ends a run; only for the expected time. Measured (docs/results.md): nearly all single
/// models end at a spike of the loss, soon after the first step at which they may end. Nonlinear mixtures that reach the floor (about half
/// of them in the theorem setting) reach it at about the steps below.
/// </summary>
internal static class TypicalSteps
{
    private const int SpikeAfter = 15;

    public static int Of(RunSpec spec)
    {
        var stop = spec.Training.Stop;
        if (!stop.Enabled) return spec.Training.Steps;
        if (stop.From > 0) return Math.Min(spec.Training.Steps, stop.From + SpikeAfter);
        var specialises = spec.Model.Kind == ModelKind.Mixture && spec.Model.Activation == PublishedActivations.Nonlinear;
        return Math.Min(spec.Training.Steps, (spec.Data.Setting, specialises) switch
        {
            ("theorem", true) => 150,
            ("3", true) => 215,
            _ => spec.Training.Steps,
        });
    }
}
