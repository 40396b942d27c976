using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>
/// How many steps a run does before its stop rule ends it, for the expected time alone. Measured (docs/results.md): nearly all
/// single models end at a spike of the loss soon after the first step at which they may; where a nonlinear mixture comes to rest
/// at the floor, which about half do in the theorem setting, it is at about the steps below.
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
