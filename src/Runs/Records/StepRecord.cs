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
    [property: Id(8)] double StepMilliseconds);
