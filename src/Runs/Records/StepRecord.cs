namespace MoeOrleans.Runs.Records;

/// <summary>A row of metrics.csv.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Loss">Mean loss of the minibatch, before the step's update.</param>
/// <param name="Accuracy">Training accuracy of the minibatch in percent.</param>
/// <param name="Entropy">Dispatch entropy, natural logarithm.</param>
/// <param name="Imbalance">Busiest expert's samples over the mean.</param>
/// <param name="ComputeMilliseconds">Time on compute lanes, summed over threads.</param>
/// <param name="DispatchMilliseconds">Longest wait of a router for its experts.</param>
/// <param name="CommitMilliseconds">Time of the commit wave.</param>
/// <param name="StepMilliseconds">Time of the whole step.</param>
[GenerateSerializer, Immutable, Alias("moe.StepRecord.v1")]
public sealed record StepRecord(
    [property: Id(0)] long Step,
    [property: Id(1)] double Loss,
    [property: Id(2)] double Accuracy,
    [property: Id(3)] double Entropy,
    [property: Id(4)] double Imbalance,
    [property: Id(5)] double ComputeMilliseconds,
    [property: Id(6)] double DispatchMilliseconds,
    [property: Id(7)] double CommitMilliseconds,
    [property: Id(8)] double StepMilliseconds)
{
    /// <summary>The experts' learning rate at this step; null in records of earlier versions.</summary>
    [Id(9)]
    public double? LearningRate { get; init; }

    /// <summary>
    /// Norm of the gradient of the mean loss, over all experts and the router, before clipping and normalisation; null without an update.
    /// </summary>
    [Id(10)]
    public double? GradientNorm { get; init; }

    /// <summary>The part of <see cref="Loss"/> that is the load-balancing loss; the rest is the loss of the task.</summary>
    [Id(11)]
    public double BalanceLoss { get; init; }

    /// <summary>The evaluation of the weights after this step's update; null if this step has none.</summary>
    [Id(12)]
    public EvaluationRecord? Evaluation { get; init; }
}
