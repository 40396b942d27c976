using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>How training ended.</summary>
/// <param name="Last">The last step, before its update.</param>
/// <param name="Counts">Where its samples went, clusters x experts.</param>
/// <param name="Reason">Why it was the last.</param>
internal sealed record TrainingEnd(StepMetrics Last, DispatchCounts Counts, StopReason Reason)
{
    /// <summary>Whether the stop rule ended the run: then the last step made no update.</summary>
    public bool IsByRule => Reason is StopReason.Floor or StopReason.Rise;

    /// <summary>Version of the final weights.</summary>
    public long Version => IsByRule ? Last.Step : Last.Step + 1;
}

/// <summary>The steps of a run: route, fold, decide, commit, until the last step, the stop rule, a stop or a pause.</summary>
/// <param name="spec">The specification.</param>
/// <param name="grains">What a step needs of the run's grains.</param>
/// <param name="records">Record products and routing at their steps.</param>
/// <param name="evaluation">Evaluates the weights every few epochs.</param>
/// <param name="current">Where the run is; every step advances it.</param>
/// <param name="telemetry">The run's traces and metrics.</param>
/// <param name="time">The clock.</param>
internal sealed class StepLoop(RunSpec spec, IStepGrains grains, (ProductsRecorder Products, RoutingRecorder Routing) records, PeriodicEvaluation evaluation, CurrentProgress current, RunTelemetry telemetry, TimeProvider time)
{
    private readonly RouterGradientLayout _layout = RouterGradientLayout.Of(spec, spec.Data.Dim);
    private readonly MinibatchOrder _order = new(spec.Training, spec.Data.Train);
    private readonly RunEpochs _epochs = RunEpochs.Of(spec);
    private TimeSpan _between;
    private readonly FloatPool _sums = new(ArraySource.Shared, RouterGradientLayout.Of(spec, spec.Data.Dim).Length);

    /// <summary>Trains.</summary>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <returns>The end; null if the run is paused.</returns>
    /// <exception cref="RecoverableException">A step failed; the run can restart in another generation.</exception>
    /// <exception cref="DivergedException">A loss is not finite.</exception>
    /// <exception cref="DeposedException">Another coordinator has taken the run.</exception>
    public async Task<TrainingEnd?> Run(CancellationToken aborted)
    {
        (current.Phase, current.InProgress) = (RunPhase.Training, null);
        var start = time.GetTimestamp();
        IStepInProgress? next = null;
        while (true)
        {
            aborted.ThrowIfCancellationRequested();
            if (next is null && !current.PauseRequested) next = await BeginStandingStill(aborted);
            if (next is null)
            {
                AddTrained(start);
                return null;
            }

            (var done, next) = await StepOrFail(next, aborted);
            if (done.IsCommitted && evaluation.IsDue(done.Metrics.Step)) done = await Evaluate(done, aborted);
            current.Value = done.Progress;
            var end = done.End;
            // Calls of this step went where experts are now.
            grains.CompleteMoves();
            if (end is null) continue;
            AddTrained(start);
            return end;
        }
    }

    private void AddTrained(long start) => current.Value = current.Value with { Trained = current.Value.Trained + time.GetElapsedTime(start) };

    /// <summary>Begins a step while no call to an expert is under way: experts may move first, and be read.</summary>
    private async Task<IStepInProgress> BeginStandingStill(CancellationToken aborted)
    {
        var (progress, start) = (current.Value, time.GetTimestamp());
        await records.Routing.WaitForRoom(progress.Step, _order.Size(progress.Step), () => current.PauseRequested, aborted);
        await grains.MoveIfDue(progress.Generation, progress.Step, progress.KeptBest, aborted);
        if (records.Products.IsDue(progress.Step))
        {
            var weights = new RunWeights(progress.Theta, await grains.Read(progress.Generation, progress.Step));
            current.Value = progress = records.Products.Record(progress, progress.Step, weights);
        }

        current.StepStart = time.GetTimestamp();
        _between = time.GetElapsedTime(start, current.StepStart);
        return Begin(progress.Step, progress, aborted);
    }

    private IStepInProgress Begin(long step, TrainingProgress progress, CancellationToken aborted) =>
        grains.Begin(step, _order.Size(step), progress.Generation, new RoutedWith(progress.Theta, records.Routing.IsDue(step), progress.Dispatched), aborted);

    private bool StandsStillBefore(long step) => current.PauseRequested || grains.AreChanging || evaluation.IsDue(step - 1) || records.Products.IsDue(step) || records.Routing.IsFull(step, _order.Size(step));

    private async Task<(StepDone Done, IStepInProgress? Next)> StepOrFail(IStepInProgress step, CancellationToken aborted)
    {
        try
        {
            return await Step(step, aborted);
        }
        catch (Exception failure)
        {
            telemetry.FailStep(step.Timeline, step.Replies, failure);
            throw;
        }
    }

    /// <summary>Folds and commits a step that has begun, and begins the next one meanwhile.</summary>
    private async Task<(StepDone Done, IStepInProgress? Next)> Step(IStepInProgress driver, CancellationToken aborted)
    {
        var (step, samples) = (current.Value.Step, _order.Size(current.Value.Step));
        current.InProgress = (driver, samples);
        await driver.Routed();
        var routed = time.GetTimestamp();
        var fold = StepFold.Of(spec, _layout, step, samples, current.Value.Dispatched, driver.Replies, _sums);
        records.Routing.Add(step, samples, driver.Replies);
        if (!double.IsFinite(fold.Metrics.Loss)) throw new DivergedException(step, fold.Metrics.Loss);
        var commitStart = time.GetTimestamp();
        var (progress, stop) = current.Value.Counted(fold.Metrics, fold.Counts, samples, _epochs).Observe(spec.Training, fold.Metrics);
        IStepInProgress? next = null;
        var isCommitted = stop is null;
        if (isCommitted)
        {
            var committed = driver.Commit(snapshotBest: progress.Best?.Version == step);
            progress = progress.Updated(spec.Training, _layout, samples, step, fold.RouterSums);
            if (_layout.Balance == BalanceKind.Switch) progress = progress with { Dispatched = new(fold.Counts.OfExperts()) };
            if (step == spec.Training.Steps - 1) stop = StopReason.Steps;
            else if (current.StopRequested) stop = StopReason.Interrupted;
            else if (!StandsStillBefore(step + 1)) next = Begin(step + 1, progress, aborted);
            await OrAbandon(committed, next);
        }

        _sums.Return(fold.RouterSums);
        var (start, end) = (current.StepStart, time.GetTimestamp());
        current.StepStart = end;
        var record = Record(fold, driver, isCommitted, time.GetElapsedTime(commitStart, end), time.GetElapsedTime(start, end));
        var phases = StepPhases.Of(
            _between, time.GetElapsedTime(start, routed), TimeSpan.FromMilliseconds(record.DispatchMilliseconds), time.GetElapsedTime(routed, commitStart), time.GetElapsedTime(commitStart, end));
        _between = default;
        telemetry.EndStep(new StepReport(fold.Metrics, fold.Counts, driver.Replies, driver.Timeline, phases, isCommitted), isFirst: step >= progress.Committed);
        progress = progress with { Records = progress.Records.Add(record), Committed = isCommitted ? Math.Max(progress.Committed, step + 1) : progress.Committed };
        return (new StepDone(progress, fold.Metrics, fold.Counts, isCommitted, stop), next);
    }

    /// <summary>Evaluates the weights after a step. Its record is published with the evaluation, once for all.</summary>
    private async Task<StepDone> Evaluate(StepDone done, CancellationToken aborted)
    {
        var (progress, step) = (done.Progress, done.Metrics.Step);
        var evaluated = await evaluation.Evaluate(step + 1, progress.Theta, aborted);
        var (judged, ends) = progress.Observe(spec.Training, done.Metrics, evaluated);
        var record = progress.Records[^1] with { Evaluation = evaluated };
        return done with
        {
            Progress = judged with { Records = progress.Records.SetItem(progress.Records.Count - 1, record) },
            Stop = done.Stop ?? (ends ? StopReason.Validation : null),
        };
    }

    private static async Task OrAbandon(Task committed, IStepInProgress? next)
    {
        try
        {
            await committed;
        }
        catch
        {
            next?.Abandon();
            throw;
        }
    }

    private StepRecord Record(StepFold fold, IStepInProgress driver, bool isCommitted, TimeSpan commit, TimeSpan step) => new(
        fold.Metrics.Step,
        fold.Metrics.Loss,
        fold.Metrics.Accuracy,
        fold.Metrics.Entropy,
        fold.Metrics.Imbalance,
        driver.Replies.Sum(reply => reply.ComputeMilliseconds),
        driver.Replies.Max(reply => reply.DispatchMilliseconds),
        commit.TotalMilliseconds,
        step.TotalMilliseconds)
    {
        LearningRate = LearningRate.At(spec.Training.Expert, spec.Training, fold.Metrics.Step).Rate,
        GradientNorm = isCommitted ? Math.Sqrt(fold.SquaredGradient + driver.SquaredGradients) : null,
        BalanceLoss = fold.Metrics.BalanceLoss,
    };

    /// <summary>A step that has ended.</summary>
    private sealed record StepDone(TrainingProgress Progress, StepMetrics Metrics, DispatchCounts Counts, bool IsCommitted, StopReason? Stop)
    {
        public TrainingEnd? End => Stop is { } reason ? new TrainingEnd(Metrics, Counts, reason) : null;
    }
}
