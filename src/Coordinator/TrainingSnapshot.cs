using System.Collections.Immutable;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator;

/// <summary>A run between two steps, or after its end: all that its coordinator takes along to another silo.</summary>
/// <param name="Silos">Where its experts and routers belong.</param>
/// <param name="Generation">The generation that holds the run.</param>
/// <param name="Theta">The router's weights.</param>
/// <param name="RouterState">State of the router's optimiser.</param>
/// <param name="Records">A row for each step done.</param>
/// <param name="Products">The products recorded.</param>
/// <param name="BestStep">The step of the smallest loss, where its weights are kept.</param>
/// <param name="BestTheta">The router's weights of that step.</param>
/// <param name="Weights">The final weights of a run that is done.</param>
/// <param name="BestWeights">Its weights of the smallest loss.</param>
/// <param name="Recoveries">Recoveries.</param>
/// <param name="Elapsed">Time since the run was started.</param>
/// <param name="Trained">Time spent in steps since the last recovery.</param>
/// <param name="StopRequested">Whether it is to end after its next step.</param>
[GenerateSerializer, Immutable, Alias("moe.TrainingState.v1")]
internal sealed record TrainingSnapshot(
    [property: Id(0)] AssignmentSnapshot Silos,
    [property: Id(1)] long Generation,
    [property: Id(2)] WireTensor<float> Theta,
    [property: Id(3)] WireTensor<float> RouterState,
    [property: Id(4)] ImmutableArray<StepRecord> Records,
    [property: Id(5)] ImmutableArray<ProductsRecord> Products,
    [property: Id(6)] long? BestStep,
    [property: Id(7)] WireTensor<float>? BestTheta,
    [property: Id(8)] WeightsReply? Weights,
    [property: Id(9)] WeightsReply? BestWeights,
    [property: Id(10)] int Recoveries,
    [property: Id(11)] TimeSpan Elapsed,
    [property: Id(12)] TimeSpan Trained,
    [property: Id(13)] bool StopRequested);
