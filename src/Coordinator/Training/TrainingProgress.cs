using System.Collections.Immutable;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>
/// A run between two steps, as its coordinator knows it: the router's weights and optimiser state, the stop rule, the best step and the
/// records. The experts hold the rest. Every step makes a new one.
/// </summary>
internal sealed record TrainingProgress
{
    /// <summary>A run that was never started.</summary>
    public static TrainingProgress None { get; } = new();

    /// <summary>The generation that holds the run; 0 before the first.</summary>
    public long Generation { get; init; }

    /// <summary>The router's weights, experts x dim.</summary>
    public WireTensor<float> Theta { get; init; } = WireTensor<float>.None;

    /// <summary>State of the router's optimiser.</summary>
    public WireTensor<float> RouterState { get; init; } = WireTensor<float>.None;

    /// <summary>Samples of each expert in the last step, if the loss of the next one needs them; null before the first.</summary>
    public WireTensor<int>? Dispatched { get; init; }

    /// <summary>The stop rule after the steps done.</summary>
    public StopRule StopRule { get; init; } = StopRule.Start;

    /// <summary>The step of the smallest loss; null if the specification does not ask for it.</summary>
    public BestStep? Best { get; init; }

    /// <summary>The evaluations so far, by the loss of the validation samples.</summary>
    public EarlyStop EarlyStop { get; init; } = EarlyStop.Start;

    /// <summary>A row for each step done.</summary>
    public ImmutableList<StepRecord> Records { get; init; } = [];

    /// <summary>The epoch in progress; empty with full batches, whose last step says it all.</summary>
    public EpochTotals Epoch { get; init; } = EpochTotals.None;

    /// <summary>The last whole epoch; null before there is one, and with full batches.</summary>
    public EpochTotals? LastEpoch { get; init; }

    /// <summary>The load of the experts in some of the epochs done.</summary>
    public ImmutableList<LoadRecord> Loads { get; init; } = [];

    /// <summary>The products recorded.</summary>
    public ImmutableList<ProductsRecord> Products { get; init; } = [];

    /// <summary>Steps that were committed, each counted once: those before a restart are among them.</summary>
    public long Committed { get; init; }

    /// <summary>How often the run went back to step 0.</summary>
    public int Restarts { get; init; }

    /// <summary>Time since the run was started, without pauses.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Time spent in steps since the last restart.</summary>
    public TimeSpan Trained { get; init; }

    /// <summary>The final weights, once training has ended.</summary>
    public RunWeights? FinalWeights { get; init; }

    /// <summary>Their version: how many updates were applied.</summary>
    public long FinalVersion { get; init; }

    /// <summary>The weights of the smallest loss, once training has ended; null if the specification does not ask for them.</summary>
    public RunWeights? BestWeights { get; init; }

    /// <summary>The next step. As many updates as this were applied.</summary>
    public long Step => Records.Count;

    /// <summary>Back to step 0, for a new generation.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="layout">Layout of the router's sums.</param>
    /// <param name="generation">The generation that holds the run now.</param>
    /// <param name="theta">The router's weights to start from; null for 0 (paper, section 3.3).</param>
    public TrainingProgress Restarted(RunSpec spec, RouterGradientLayout layout, long generation, float[]? theta = null) => new()
    {
        Generation = generation,
        Theta = new(theta ?? new float[layout.GradientLength]),
        RouterState = new(new float[Optimiser.StateLength(spec.Training.Router, layout.GradientLength)]),
        Committed = Committed,
        Restarts = Restarts,
        Elapsed = Elapsed,
    };

    /// <summary>Applies the stop rule to a step's loss, before its update.</summary>
    /// <param name="spec">Whether the best step is wanted, and the thresholds of the stop rule.</param>
    /// <param name="step">The step.</param>
    /// <returns>The progress, and the reason to stop without an update, if there is one. The best step never stops a run.</returns>
    public (TrainingProgress Next, StopReason? Stop) Observe(TrainingSpec spec, StepMetrics step)
    {
        var best = spec is { KeepBest: true, KeepBestBy: KeepBestBy.Loss } && StopRule.IsSmallest(step.Loss) ? new BestStep(step, Theta) : Best;
        var (rule, stop) = StopRule.Observe(spec.Stop, step.Step, step.Loss);
        return (this with { StopRule = rule, Best = best }, stop);
    }

    /// <summary>Adds a step to its epoch.</summary>
    /// <param name="metrics">What the step says of its minibatch.</param>
    /// <param name="counts">Where its samples went.</param>
    /// <param name="samples">Number of its samples.</param>
    /// <param name="epochs">The epochs of the run.</param>
    public TrainingProgress Counted(StepMetrics metrics, DispatchCounts counts, int samples, RunEpochs epochs)
    {
        // With full batches a step says all of its epoch.
        if (epochs.Steps == 1) return WithLoad(counts, epochs);
        var epoch = Epoch.Add(metrics, counts, samples);
        return epoch.Steps == epochs.Steps
            ? (this with { Epoch = EpochTotals.None, LastEpoch = epoch }).WithLoad(epoch.Dispatch(counts.Clusters, counts.Experts), epochs)
            : this with { Epoch = epoch };
    }

    private TrainingProgress WithLoad(DispatchCounts counts, RunEpochs epochs) =>
        epochs.RecordsLoad(Step) ? this with { Loads = Loads.Add(new LoadRecord(Step, counts.OfExperts())) } : this;

    /// <summary>Takes an evaluation of the weights after a step's update.</summary>
    /// <param name="spec">Whether the best weights are wanted, and when training ends.</param>
    /// <param name="step">The step before its update.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <returns>The progress, and whether training ends.</returns>
    public (TrainingProgress Next, bool Ends) Observe(TrainingSpec spec, StepMetrics step, EvaluationRecord evaluation)
    {
        if (evaluation.ValidationLoss is not { } loss) return (this, false);
        var best = spec is { KeepBest: true, KeepBestBy: KeepBestBy.Validation } && EarlyStop.IsSmallest(loss) ? new BestStep(step, Theta) { Evaluation = evaluation } : Best;
        var judged = EarlyStop.Observe(loss);
        return (this with { EarlyStop = judged, Best = best }, judged.Ends(spec.EarlyStop));
    }

    /// <summary>Version of the weights that experts hold as the best ones; null if they hold none. They take those of an evaluation with the next commit.</summary>
    public long? KeptBest => Best?.Version is { } version && version < Step ? version : null;

    /// <summary>Updates the router by a step's gradient.</summary>
    /// <param name="training">The router's optimiser and its schedule.</param>
    /// <param name="layout">Layout of the sums.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="step">The step.</param>
    /// <param name="sums">The router's sums at the root of the reduction tree; overwritten.</param>
    public TrainingProgress Updated(TrainingSpec training, RouterGradientLayout layout, int samples, long step, Span<float> sums)
    {
        // What was sent is never changed: the next weights are new arrays.
        var (theta, state) = (Theta.Span.ToArray(), RouterState.Span.ToArray());
        RouterStep.Update<float>(training, layout, samples, step, sums, theta, state);
        return this with { Theta = new(theta), RouterState = new(state) };
    }
}

/// <summary>The step of the smallest loss so far, and the router's weights that the loss was computed with.</summary>
/// <param name="Metrics">The step before its update.</param>
/// <param name="Theta">The router's weights.</param>
internal sealed record BestStep(StepMetrics Metrics, WireTensor<float> Theta)
{
    /// <summary>The evaluation after the step's update, whose weights these are; null if they are those before the update.</summary>
    public EvaluationRecord? Evaluation { get; init; }

    /// <summary>Version of the weights: how many updates led to them.</summary>
    public long Version => Evaluation is null ? Metrics.Step : Metrics.Step + 1;
}

/// <summary>The progress of a run as the step loop, the conclusion and the recovery hand it on. Calls to the coordinator read it between turns.</summary>
/// <param name="initial">Where the run begins or resumes.</param>
internal sealed class CurrentProgress(TrainingProgress initial)
{
    /// <summary>The progress.</summary>
    public TrainingProgress Value { get; set; } = initial;

    /// <summary>What is being done.</summary>
    public RunPhase Phase { get; set; } = RunPhase.Preparing;

    /// <summary>The step in progress and the samples of its minibatch; null before the first.</summary>
    public (IStepInProgress Step, int Samples)? InProgress { get; set; }

    /// <summary>When it began, as a timestamp of the run's clock.</summary>
    public long StepStart { get; set; }

    /// <summary>The run ends after the step in progress.</summary>
    public bool StopRequested { get; set; }

    /// <summary>The run pauses before its next step, so that a coordinator on another silo can resume it.</summary>
    public bool PauseRequested { get; set; }
}
