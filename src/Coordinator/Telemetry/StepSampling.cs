namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>Which steps are traced: evenly spaced ones, from step 0 on. A share of 1 % takes the steps 0, 100, 200.</summary>
/// <param name="share">Share of the steps, 0 to 1.</param>
internal readonly struct StepSampling(double share)
{
    /// <summary>Whether a step is traced.</summary>
    /// <param name="step">The step, from 0.</param>
    public bool Takes(long step) => share > 0 && (step == 0 || Math.Floor(step * share) > Math.Floor((step - 1) * share));
}
