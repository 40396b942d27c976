namespace MoeOrleans.Coordinator.Training;

/// <summary>A loss is not finite: the run ends, and a restart would give the same bits.</summary>
/// <param name="step">The step.</param>
/// <param name="loss">Its loss.</param>
internal sealed class DivergedException(long step, double loss) : InvalidOperationException(step == 0
    ? $"The loss of step 0 is {loss}, before any update: the inputs or the initial weights are too large; scale the data, or lower model.initialScale."
    : $"The loss of step {step} is {loss}: training diverged; lower training.expert.rate or training.router.rate.");
