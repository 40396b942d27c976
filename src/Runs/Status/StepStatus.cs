namespace MoeOrleans.Runs.Status;

/// <summary>A step in progress that takes longer than some seconds.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Seconds">How long it takes so far.</param>
/// <param name="Samples">Samples of its minibatch.</param>
/// <param name="ComputedSamples">Samples that experts have computed, as their silos last reported.</param>
/// <param name="Shards">Shards of its minibatch.</param>
/// <param name="RoutedShards">Shards that are routed: their experts have computed.</param>
/// <param name="Experts">Experts of the run.</param>
/// <param name="CommittedExperts">Experts that have committed the step.</param>
[GenerateSerializer, Immutable, Alias("moe.StepStatus.v1")]
public sealed record StepStatus(
    [property: Id(0)] long Step,
    [property: Id(1)] double Seconds,
    [property: Id(2)] int Samples,
    [property: Id(3)] int ComputedSamples,
    [property: Id(4)] int Shards,
    [property: Id(5)] int RoutedShards,
    [property: Id(6)] int Experts,
    [property: Id(7)] int CommittedExperts);
