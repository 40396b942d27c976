namespace MoeOrleans.Compute.Metrics;

/// <summary>Metrics of a step's forward pass, before its update.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Loss">Mean loss of the minibatch.</param>
/// <param name="Accuracy">Training accuracy of the minibatch in percent, with the step's noise.</param>
/// <param name="Entropy">Dispatch entropy, natural logarithm.</param>
/// <param name="Imbalance">Busiest expert's samples over the mean.</param>
internal sealed record StepMetrics(long Step, double Loss, double Accuracy, double Entropy, double Imbalance)
{
    /// <summary>The part of <see cref="Loss"/> that is the load-balancing loss.</summary>
    public double BalanceLoss { get; init; }
}
