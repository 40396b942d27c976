namespace MoeOrleans.Runs.Records;

/// <summary>An evaluation during training, without router noise. Accuracies are in percent.</summary>
/// <param name="ValidationLoss">Mean loss of the validation samples; null if there are none.</param>
/// <param name="ValidationAccuracy">Their accuracy; null if there are none.</param>
/// <param name="TestLoss">Mean loss of the test samples.</param>
/// <param name="TestAccuracy">Their accuracy.</param>
[GenerateSerializer, Immutable, Alias("moe.EvaluationRecord.v1")]
public sealed record EvaluationRecord(
    [property: Id(0)] double? ValidationLoss,
    [property: Id(1)] double? ValidationAccuracy,
    [property: Id(2)] double TestLoss,
    [property: Id(3)] double TestAccuracy);
