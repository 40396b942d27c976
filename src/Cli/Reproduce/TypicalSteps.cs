using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>
/// How many steps a run does before its stop rule ends it, for the expected time alone. Measured (docs/results.md): single
/// models end at a spike of the loss soon after the first step at which they may; mixtures whose clusters have no feature noise
/// stronger than the feature come to rest at the floor.
/// </summary>
internal static class TypicalSteps
{
    private const int SpikeAfter = 15;

    public static int Of(RunSpec spec)
    {
        var training = spec.Training;
        return training.Stop is { Enabled: true, From: > 0 } ? Math.Min(training.Steps, training.Stop.From + SpikeAfter) : training.Steps;
    }
}
