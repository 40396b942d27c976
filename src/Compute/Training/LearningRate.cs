using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>The learning rate of a step: a function of the specification and the step's number alone, so that a restart has it too.</summary>
internal static class LearningRate
{
    /// <summary>An optimiser with the rate of a step.</summary>
    /// <param name="optimiser">The optimiser, with the rate that the schedule starts from.</param>
    /// <param name="training">The schedule.</param>
    /// <param name="step">The step, from 0.</param>
    public static OptimiserSpec At(OptimiserSpec optimiser, TrainingSpec training, long step) =>
        training.Schedule == ScheduleKind.Constant ? optimiser : optimiser with { Rate = optimiser.Rate * Factor(training, step) };

    /// <summary>What a step's rate is of the rate in the specification, 0 to 1.</summary>
    /// <param name="training">The schedule.</param>
    /// <param name="step">The step, from 0.</param>
    public static double Factor(TrainingSpec training, long step) => training.Schedule switch
    {
        ScheduleKind.Cosine => Cosine(step, training.Steps),
        ScheduleKind.Step => Power(training.DecayFactor, step / (training.DecayEvery > 0 ? training.DecayEvery : Share(training.Steps, 3))),
        ScheduleKind.WarmupCosine => Warmup(training, step),
        _ => 1,
    };

    private static double Warmup(TrainingSpec training, long step)
    {
        var rising = training.Warmup > 0 ? training.Warmup : Share(training.Steps, 20);
        return step < rising ? (step + 1.0) / rising : Cosine(step - rising, training.Steps - rising);
    }

    private static double Cosine(long step, long steps) => 0.5 * (1 + SpecialFunctions.Cos(Math.PI * step / steps));

    private static long Share(long steps, long parts) => (steps + parts - 1) / parts;

    // One rounding a factor: the platform's power differs between machines. Beyond a thousand reductions nothing is left of the rate.
    private static double Power(double factor, long exponent)
    {
        if (factor == 1) return 1;
        var power = 1.0;
        for (; exponent > 0 && power > 0; exponent--) power *= factor;
        return power;
    }
}
