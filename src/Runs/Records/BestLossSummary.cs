namespace MoeOrleans.Runs.Records;

/// <summary>
/// The weights of the smallest loss, if the specification asks for them: of training steps, or of the validation samples
/// (<c>training.keepBestBy</c>).
/// </summary>
/// <param name="Step">Updates that led to the weights: the step whose forward pass had the smallest loss; by validation the step after the best evaluation.</param>
/// <param name="Loss">The loss of that pass; by validation that of the last step before the evaluation.</param>
/// <param name="TrainAccuracy">Training accuracy of the same pass, in percent.</param>
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
    [property: Id(5)] string WeightsSha256)
{
    /// <summary>The smallest validation loss; null if the weights were chosen by the training loss.</summary>
    [Id(6)]
    public double? ValidationLoss { get; init; }

    /// <summary>Validation accuracy of the weights, in percent; null if they were chosen by the training loss.</summary>
    [Id(7)]
    public double? ValidationAccuracy { get; init; }
}
