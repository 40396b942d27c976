using System.Collections.Immutable;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Training;

/// <summary>The wire form of a <see cref="TrainingProgress"/>, for a coordinator that moves to another silo.</summary>
/// <param name="Silos">Where its experts and routers belong.</param>
/// <param name="Generation">The generation that holds the run.</param>
/// <param name="Theta">The router's weights.</param>
/// <param name="RouterState">State of the router's optimiser.</param>
/// <param name="Records">A row for each step done, as <see cref="RecordColumns"/> writes it.</param>
/// <param name="Products">The products recorded.</param>
/// <param name="BestStep">Version of the weights of the smallest loss; null if the specification does not ask for it.</param>
/// <param name="BestTheta">The router's weights of that step.</param>
/// <param name="Restarts">How often the run went back to step 0.</param>
/// <param name="Elapsed">Time since the run was started.</param>
/// <param name="Trained">Time spent in steps since the last restart.</param>
/// <param name="StopRequested">Whether the run ends after its next step.</param>
/// <param name="FinalVersion">Version of the final weights.</param>
/// <param name="Committed">Steps that were committed, each counted once.</param>
/// <param name="Routing">The records of routing that no client has fetched yet.</param>
/// <param name="Dispatched">Samples of each expert in the last step, if the loss of the next one needs them.</param>
/// <param name="Epoch">The epoch in progress.</param>
/// <param name="LastEpoch">The last whole epoch.</param>
/// <param name="Evaluations">A row for each evaluation, as <see cref="RecordColumns"/> writes it.</param>
/// <param name="Loads">The loads recorded.</param>
[GenerateSerializer, Immutable, Alias("moe.TrainingState.v2")]
internal sealed record TrainingSnapshot(
    [property: Id(0)] AssignmentSnapshot Silos,
    [property: Id(1)] long Generation,
    [property: Id(2)] WireTensor<float> Theta,
    [property: Id(3)] WireTensor<float> RouterState,
    [property: Id(4)] WireTensor<double> Records,
    [property: Id(5)] ImmutableArray<ProductsRecord> Products,
    [property: Id(6)] long? BestStep,
    [property: Id(7)] WireTensor<float>? BestTheta,
    [property: Id(8)] int Restarts,
    [property: Id(9)] TimeSpan Elapsed,
    [property: Id(10)] TimeSpan Trained,
    [property: Id(11)] bool StopRequested,
    [property: Id(12)] long FinalVersion,
    [property: Id(13)] long Committed,
    [property: Id(14)] RoutingSnapshot? Routing = null,
    [property: Id(15)] WireTensor<int>? Dispatched = null,
    [property: Id(16)] EpochTotals? Epoch = null,
    [property: Id(17)] EpochTotals? LastEpoch = null,
    [property: Id(18)] WireTensor<double>? Evaluations = null,
    [property: Id(19)] ImmutableArray<LoadRecord>? Loads = null)
{
    /// <summary>Takes a snapshot.</summary>
    /// <param name="silos">Where the run's experts and routers belong.</param>
    /// <param name="current">The run's progress.</param>
    public static TrainingSnapshot Of(AssignmentSnapshot silos, CurrentProgress current) => new(
        silos,
        current.Value.Generation,
        current.Value.Theta,
        current.Value.RouterState,
        RecordColumns.Of(current.Value.Records),
        [.. current.Value.Products],
        current.Value.Best?.Version,
        current.Value.Best?.Theta,
        current.Value.Restarts,
        current.Value.Elapsed,
        current.Value.Trained,
        current.StopRequested,
        current.Value.FinalVersion,
        current.Value.Committed,
        Dispatched: current.Value.Dispatched,
        Epoch: current.Value.Epoch,
        LastEpoch: current.Value.LastEpoch,
        Evaluations: RecordColumns.OfEvaluations(current.Value.Records),
        Loads: [.. current.Value.Loads]);

    /// <summary>The progress that the snapshot was taken of. What the records determine is not sent: it is computed from them.</summary>
    /// <param name="training">The run's schedule, its stop rule, and by what it keeps the best weights.</param>
    public CurrentProgress ToProgress(TrainingSpec training)
    {
        var records = RecordColumns.ToRecords(Records, Evaluations, training);
        var (rule, early) = (StopRule.Start, EarlyStop.Start);
        foreach (var record in records)
        {
            (rule, _) = rule.Observe(training.Stop, record.Step, record.Loss);
            if (record.Evaluation?.ValidationLoss is { } loss) early = early.Observe(loss);
        }

        var progress = new TrainingProgress
        {
            Generation = Generation,
            Theta = Theta,
            RouterState = RouterState,
            Dispatched = Dispatched,
            StopRule = rule,
            EarlyStop = early,
            Best = BestStep is { } version ? Best(version) : null,
            Records = [.. records],
            Epoch = Epoch ?? EpochTotals.None,
            LastEpoch = LastEpoch,
            Products = [.. Products],
            Loads = [.. Loads ?? []],
            Restarts = Restarts,
            Elapsed = Elapsed,
            Trained = Trained,
            FinalVersion = FinalVersion,
            Committed = Committed,
        };
        return new CurrentProgress(progress) { StopRequested = StopRequested };

        BestStep Best(long version)
        {
            var byValidation = training.KeepBestBy == KeepBestBy.Validation;
            var record = records[(int)(byValidation ? version - 1 : version)];
            var metrics = new StepMetrics(record.Step, record.Loss, record.Accuracy, record.Entropy, record.Imbalance) { BalanceLoss = record.BalanceLoss };
            return new BestStep(metrics, BestTheta!) { Evaluation = byValidation ? record.Evaluation : null };
        }
    }
}
