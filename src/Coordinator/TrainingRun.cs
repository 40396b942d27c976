using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MoeOrleans.Compute;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.TakeOver;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator;

/// <summary>
/// The step loop of a run: route, fold, decide, commit, until the last step or the stop rule; then the evaluation. It holds
/// the router's weights, the stop rule and the generation; the experts hold the rest.
/// </summary>
internal sealed partial class TrainingRun
{
    /// <summary>Recoveries without a step that was never done before, after which the run fails.</summary>
    private const int RecoveryLimit = 3;

    private readonly ILogger _log;
    private readonly RunContext _context;
    private readonly RunSpec _spec;
    private readonly Deployment _deployment;
    private readonly AssignmentPlanner _silos;
    private readonly ExpertsAndRouters _grains;
    private readonly MinibatchOrder _order;
    private readonly RouterGradientLayout _layout;
    private readonly FloatPool _sums;
    private readonly List<StepRecord> _records = [];
    private readonly ProductsLog _products;
    private WireTensor<float> _theta = new(ReadOnlyMemory<float>.Empty);
    private float[] _routerState = [];
    private StopRule _rule;
    private (StepMetrics Step, WireTensor<float> Theta)? _best;
    private long _generation;
    private int _recoveries;
    private bool _stopRequested;
    private bool _resumed;
    private long _lap;
    private TimeSpan _elapsed;
    private TimeSpan _trained;

    /// <summary>A run that is to be started, or to go on.</summary>
    /// <param name="grains">Where grains are found.</param>
    /// <param name="silos">The silos of the cluster.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="log">The log.</param>
    /// <param name="state">Where a coordinator on another silo has left off; null at the start.</param>
    public TrainingRun(IGrainFactory grains, ClusterSilos silos, RunRequest request, ILogger log, TrainingSnapshot? state = null)
    {
        (_context, _deployment, _log) = (request.Run with { Dispatch = request.Deployment.Dispatch }, request.Deployment, log);
        _spec = Check(request);
        _silos = new AssignmentPlanner(grains, silos, _context, _spec.Model.Experts, _deployment.Shards, why => LogLeftOut(_log, _context.RunId, why));
        _grains = new ExpertsAndRouters(grains, _silos, _context, _spec, _deployment);
        _order = new MinibatchOrder(_spec.Training, _spec.Data.Train);
        _layout = RouterGradientLayout.Of(_spec, _spec.Data.Dim);
        _sums = new FloatPool(_layout.Length);
        _products = new ProductsLog(_spec.Data, request.ProductsInterval);
        if (state is not null) Resume(state);
    }

    /// <summary>How far the run is.</summary>
    public RunPhase Phase { get; private set; } = RunPhase.Preparing;

    /// <summary>A row for each step done.</summary>
    public IReadOnlyList<StepRecord> Records => _records;

    /// <summary>The products recorded.</summary>
    public IReadOnlyList<ProductsRecord> Products => _products.Records;

    /// <summary>The final weights, once the run is done.</summary>
    public WeightsReply? Weights { get; private set; }

    /// <summary>The weights of the smallest loss, once the run is done, where the specification keeps them.</summary>
    public WeightsReply? BestWeights { get; private set; }

    /// <summary>Whether it is to pause, or was to when it ended.</summary>
    public bool PauseRequested { get; private set; }

    /// <summary>All there is of it while it is paused, or has ended.</summary>
    public TrainingSnapshot State => new(
        _silos.State,
        _generation,
        _theta,
        new WireTensor<float>(_routerState),
        [.. _records],
        [.. _products.Records],
        _best?.Step.Step,
        _best?.Theta,
        Weights,
        BestWeights,
        _recoveries,
        _elapsed,
        _trained,
        _stopRequested);

    /// <summary>Checks a request before anything is done for it.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Its specification.</returns>
    /// <exception cref="SpecificationException">The specification is none.</exception>
    /// <exception cref="ArgumentException">The run cannot be spread like that.</exception>
    public static RunSpec Check(RunRequest request)
    {
        var (spec, deployment) = (RunSpecJson.Parse(request.Run.Specification, $"run {request.Run.RunId}"), request.Deployment);
        var blocks = Deployment.Blocks(spec);
        if (deployment.Shards < 1 || deployment.Shards > blocks || deployment.Silos < 1 || deployment.Threads < 1)
            throw new ArgumentException($"A run needs silos and threads, and 1 to {blocks} shards: {deployment}.", nameof(request));
        return spec;
    }

    /// <summary>Ends the run after the step in progress.</summary>
    public void RequestStop() => _stopRequested = true;

    /// <summary>Whether the run has or calls grains on a silo.</summary>
    /// <param name="silo">Name of the silo.</param>
    public bool HostsGrainsOn(string silo) => _silos.HostsGrainsOn(silo);

    /// <summary>Pauses the run between two steps, so that a coordinator on another silo can go on.</summary>
    public void RequestPause() => PauseRequested = true;

    /// <summary>There is no other silo any more for a run that has paused: it goes on here when it is run again.</summary>
    public void GoOnHere() => (PauseRequested, _resumed) = (false, true);

    /// <summary>Trains and evaluates; what fails on the way is recovered by beginning again.</summary>
    /// <param name="aborted">Cancelled where the run is not wanted any more.</param>
    /// <returns>The summary; null where the run is paused.</returns>
    /// <exception cref="InvalidOperationException">The run diverged, was deposed, or got no further in several recoveries.</exception>
    public async Task<RunSummary?> Run(CancellationToken aborted)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), _elapsed);
        var (furthest, fruitless) = (0, 0);
        while (true)
        {
            try
            {
                if (!_resumed) await Restart(aborted);
                _resumed = false;
                var trainingStart = Stopwatch.GetTimestamp();
                var end = await Train(aborted);
                _trained += Stopwatch.GetElapsedTime(trainingStart);
                var summary = end is var (last, reason) ? await Conclude(last, reason) : null;
                _elapsed = before + Stopwatch.GetElapsedTime(start);
                return summary is null ? null : summary with { WallSeconds = _elapsed.TotalSeconds };
            }
            catch (RecoverableException failure)
            {
                aborted.ThrowIfCancellationRequested();
                // A recovery goes back to the start: only steps never done before are progress.
                if (_records.Count > furthest) (furthest, fruitless) = (_records.Count, 0);
                if (_stopRequested || ++fruitless > RecoveryLimit) throw new InvalidOperationException(failure.Message, failure);
                _recoveries++;
                LogRecovery(_log, _context.RunId, failure.Message);
            }
        }
    }

    /// <summary>The run is unwanted: what is being computed for it ends between two blocks.</summary>
    public Task Cancel() => _silos.Release();

    /// <summary>The run is over: its experts and routers go, and silos forget it.</summary>
    public async Task Release()
    {
        try
        {
            await _silos.Release();
        }
        finally
        {
            // Also where a silo did not hear of it: they would stay for ever.
            await _grains.Release();
        }
    }

    private async Task<(StepFold Last, StopReason Reason)?> Train(CancellationToken aborted)
    {
        Phase = RunPhase.Training;
        StepDriver? begun = null;
        for (long step = _records.Count; ; step++)
        {
            aborted.ThrowIfCancellationRequested();
            if (begun is null)
            {
                if (PauseRequested) return null;
                if (_silos.NextAssignment(aborted) is { } assignment) await new GrainMoves(_grains, _generation, step, _best?.Step.Step).Rebalance(assignment);
                if (_products.IsDue(step)) _products.Add(step, Mixture(_theta, await Read(expert => expert.Read(), step)));
                _lap = Stopwatch.GetTimestamp();
                begun = Begin(step, aborted);
            }

            (var fold, var stop, begun) = await Step(begun, aborted);
            _silos.CompleteMoves();
            if (stop is { } reason) return (fold, reason);
        }
    }

    private StepDriver Begin(long step, CancellationToken aborted)
    {
        var shards = _grains.Shards(_order.Size(step), _spec.Training.Block);
        var driver = new StepDriver(_grains, new StepProtocol(step, _generation, _grains.Experts.Count, [.. shards]), _theta, aborted);
        driver.Begin();
        return driver;
    }

    /// <summary>Whether experts have to stand still, all at this version, before a step begins.</summary>
    private bool StandsStillBefore(long step) => PauseRequested || _silos.AreChanging || _products.IsDue(step);

    /// <summary>Folds and commits a step that has begun, and begins the next one meanwhile.</summary>
    private async Task<(StepFold Fold, StopReason? Stop, StepDriver? Next)> Step(StepDriver driver, CancellationToken aborted)
    {
        var (step, samples) = (driver.Step, _order.Size(driver.Step));
        Expect(StepCommandKind.Fold, await driver.Routed(), driver);

        var fold = StepFold.Of(_spec, _layout, step, samples, driver.Replies, _sums);
        if (!double.IsFinite(fold.Metrics.Loss))
        {
            throw new InvalidOperationException(step == 0
                ? $"The loss of step 0 is {fold.Metrics.Loss}, before any update: the inputs or the initial weights are too large; scale the data, or lower model.initialScale."
                : $"The loss of step {step} is {fold.Metrics.Loss}: training diverged; lower training.expert.rate or training.router.rate.");
        }

        if (_spec.Training.KeepBest && _rule.IsSmallest(fold.Metrics.Loss)) (driver.Keep, _best) = (true, (fold.Metrics, _theta));
        (_rule, var stop) = _rule.Observe(_spec.Training.Stop, step, fold.Metrics.Loss);
        var commitStart = Stopwatch.GetTimestamp();
        StepDriver? next = null;
        if (stop is null)
        {
            var committed = driver.Commit();
            // What was sent is never changed: the next Theta is a new array.
            var theta = _theta.Span.ToArray();
            RouterStep.Update<float>(_spec.Training.Router, _layout, samples, step, fold.RouterSums, theta, _routerState);
            _theta = new WireTensor<float>(theta);
            if (step == _spec.Training.Steps - 1) stop = StopReason.Steps;
            else if (_stopRequested) stop = StopReason.Interrupted;
            else if (!StandsStillBefore(step + 1)) next = Begin(step + 1, aborted);
            try
            {
                Expect(StepCommandKind.StepCommitted, await committed, driver);
            }
            catch
            {
                next?.Abandon();
                throw;
            }
        }

        _sums.Return(fold.RouterSums);
        var lap = _lap;
        _lap = Stopwatch.GetTimestamp();

        _records.Add(new StepRecord(
            step,
            fold.Metrics.Loss,
            fold.Metrics.Accuracy,
            fold.Metrics.Entropy,
            fold.Metrics.Imbalance,
            driver.Replies.Sum(reply => reply.ComputeMilliseconds),
            driver.Replies.Max(reply => reply.DispatchMilliseconds),
            Stopwatch.GetElapsedTime(commitStart).TotalMilliseconds,
            Stopwatch.GetElapsedTime(lap, _lap).TotalMilliseconds));
        return (fold, stop, next);
    }

    /// <summary>Reads the final weights, evaluates them, and sums the run up.</summary>
    private async Task<RunSummary> Conclude(StepFold last, StopReason reason)
    {
        Phase = RunPhase.Evaluating;
        // The stopping step of the stop rule makes no update.
        var version = reason is StopReason.Floor or StopReason.Rise ? last.Metrics.Step : last.Metrics.Step + 1;
        var snapshots = await Read(expert => expert.Read(), version);
        var weights = Mixture(_theta, snapshots);
        Weights = Reply(_theta, snapshots);
        if (_products.IsOn) _products.Add(version, weights);
        var (withNoise, withoutNoise) = await Evaluate(version, _theta);
        var best = await ConcludeBest();
        var milliseconds = _records.Select(record => record.StepMilliseconds).Order().ToArray();
        return new RunSummary(
            _context.RunId,
            SpecHash.Of(_spec),
            NumericsVersion.Current,
            _spec.Training.Seed,
            _spec.Data.Seed,
            last.Metrics.Step + 1,
            reason is StopReason.Floor or StopReason.Rise ? last.Metrics.Step : null,
            reason,
            last.Metrics.Loss,
            last.Metrics.Accuracy,
            withNoise,
            withoutNoise,
            last.Metrics.Entropy,
            last.Counts.ToRows(),
            weights.Sha256(),
            _silos.Names.Length,
            _deployment.Shards,
            _silos.Threads.Max(),
            _deployment.Dispatch,
            WallSeconds: 0,
            milliseconds[milliseconds.Length / 2],
            _records.Sum(record => record.ComputeMilliseconds) / (_silos.Threads.Sum() * _trained.TotalMilliseconds),
            _recoveries,
            best);
    }

    /// <summary>Takes the run, for the first time or again, and goes back to its start.</summary>
    private async Task Restart(CancellationToken aborted)
    {
        Phase = RunPhase.Preparing;
        await _silos.Place(aborted);
        (_generation, var places) = await new TakeOverDriver(_grains, aborted).TakeOver(_generation);
        // Calls that found nobody where the assignment before had an expert brought it to life on another silo.
        await new GrainMoves(_grains, _generation, version: 0, kept: null).MoveBack(places);
        _theta = new WireTensor<float>(new float[_layout.GradientLength]);
        _routerState = new float[Optimiser.StateLength(_spec.Training.Router, _layout.GradientLength)];
        _rule = StopRule.Start;
        _best = null;
        _trained = TimeSpan.Zero;
        _records.Clear();
        _products.Clear();
    }

    private void Resume(TrainingSnapshot state)
    {
        _silos.Resume(state.Silos);
        (_generation, _theta, _routerState, _recoveries) = (state.Generation, state.Theta, state.RouterState.Span.ToArray(), state.Recoveries);
        (Weights, BestWeights, _elapsed, _trained, _stopRequested) = (state.Weights, state.BestWeights, state.Elapsed, state.Trained, state.StopRequested);
        // Before its first step there was nothing that a new start does not make.
        _resumed = _generation > 0;
        _records.AddRange(state.Records);
        _products.Resume(state.Products);
        _rule = StopRule.Start;
        foreach (var record in _records) (_rule, _) = _rule.Observe(_spec.Training.Stop, record.Step, record.Loss);
        if (state.BestStep is not { } best) return;
        var metrics = _records[(int)best];
        _best = (new StepMetrics(best, metrics.Loss, metrics.Accuracy, metrics.Entropy, metrics.Imbalance), state.BestTheta!);
    }

    /// <summary>The weights of the smallest loss: kept by the experts when they committed that step.</summary>
    private async Task<BestLossSummary?> ConcludeBest()
    {
        if (_best is not { } best) return null;
        var version = best.Step.Step;
        var snapshots = await Read(expert => expert.ReadBest(), version);
        BestWeights = Reply(best.Theta, snapshots);
        var (withNoise, withoutNoise) = await Evaluate(version, best.Theta);
        return new BestLossSummary(version, best.Step.Loss, best.Step.Accuracy, withNoise, withoutNoise, Mixture(best.Theta, snapshots).Sha256());
    }

    private async Task<(double WithNoise, double WithoutNoise)> Evaluate(long version, WireTensor<float> theta) => (
        await TestEvaluation.Accuracy(_grains, _spec.Data.Test, RoutePurpose.Evaluate, version, theta),
        await TestEvaluation.Accuracy(_grains, _spec.Data.Test, RoutePurpose.EvaluateWithoutNoise, version, theta));

    private Task<ExpertSnapshot[]> Read(Func<IExpertGrain, Task<ExpertSnapshot>> read, long version) =>
        _grains.Read([.. Enumerable.Range(0, _grains.Experts.Count)], read, _generation, version);

    private MixtureWeights<float> Mixture(WireTensor<float> theta, ExpertSnapshot[] snapshots) => new(
        theta.Span.ToArray(),
        [.. snapshots.Select(snapshot => snapshot.Weights.Span.ToArray())],
        ExpertKinds.Parameters(_spec.Model, _spec.Data.Dim, _spec.Data.Patches));

    private static WeightsReply Reply(WireTensor<float> theta, ExpertSnapshot[] snapshots) => new(theta, [.. snapshots.Select(snapshot => snapshot.Weights)]);

    private void Expect(StepCommandKind kind, StepCommand command, StepDriver driver)
    {
        if (command.Kind == kind) return;
        var expert = command.Cause is { } cause ? $", {_silos.Expert(cause)}" : "";
        if (command.Kind == StepCommandKind.Deposed)
            throw new InvalidOperationException($"Step {command.Step}: another coordinator has taken the run (seen at generation {command.Generation}{expert}).");
        throw new RecoverableException($"Step {command.Step} failed ({command.Reason}{expert}): {driver.LastFailure ?? "no call failed"}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} goes on without a silo that joined. {Reason}")]
    private static partial void LogLeftOut(ILogger log, string runId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} begins again from its start: {Reason}")]
    private static partial void LogRecovery(ILogger log, string runId, string reason);
}
