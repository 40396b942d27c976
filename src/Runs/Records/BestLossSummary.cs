namespace MoeOrleans.Runs.Records;

/// <summary>The weights of the smallest training loss, if the specification asks for them.</summary>
/// <param name="Step">The step whose forward pass had the smallest loss.</param>
/// <param name="Loss">That loss.</param>
/// <param name="TrainAccuracy">Training accuracy of that pass, in percent.</param>
/// <param name="TestAccuracy">Test accuracy of its weights with one draw of noise, in percent.</param>
/// <param name="TestAccuracyWithoutNoise">Test accuracy without noise, in percent.</param>
/// <param name="WeightsSha256">SHA-256 of its weights, as of the final ones.</param>
[GenerateSerializer, Immutable, Alias("moe.BestLossSummary.v1")]
public sealed record BestLossSummary(
    [property: Id(0)] long Step,
    [property: Id(1)] double Loss,
    [property: Id(2)] double TrainAccuracy,
    [property: Id(3)] double TestAccuracy,
    [property: Id(4)] double TestAccuracyWithoutNoise,
    [property: Id(5)] string WeightsSha256);
