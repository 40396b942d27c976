using MoeOrleans.Coordinator.Training;
using MoeOrleans.Coordinator.Weights;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Coordinator;

/// <summary>What a coordinator takes along to another silo.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Run">The run.</param>
/// <param name="Summary">Its summary; null unless it is done.</param>
/// <param name="Error">Why it failed or has no result; null unless it did.</param>
/// <param name="IsStopped">Whether it was stopped without a result.</param>
/// <param name="Weights">The weights that are kept; null before its end.</param>
[GenerateSerializer, Immutable, Alias("moe.CoordinatorState.v1")]
internal sealed record CoordinatorSnapshot(
    [property: Id(0)] RunRequest Request,
    [property: Id(1)] TrainingSnapshot Run,
    [property: Id(2)] RunSummary? Summary,
    [property: Id(3)] string? Error,
    [property: Id(4)] bool IsStopped,
    [property: Id(5)] KeptWeights? Weights);
