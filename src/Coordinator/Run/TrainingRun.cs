using System.Diagnostics;
using MoeOrleans.Compute;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Coordinator.Protocol;
using MoeOrleans.Grains.Contracts;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Run;

/// <summary>
/// The step loop of a run: route, fold, decide, commit, until the last step or the stop rule; then the evaluation. It holds
/// the router's weights, the stop rule and the generation; the experts hold the rest.
/// </summary>
internal sealed class TrainingRun
{
    /// <summary>Recoveries without a step done in between, after which the run fails.</summary>
    private const int RecoveryLimit = 3;

    private readonly RunContext _context;
    private readonly RunSpec _spec;
    private readonly Deployment _deployment;
    private readonly RunGrains _grains;
    private readonly MinibatchOrder _order;
    private readonly RouterGradientLayout _layout;
    private readonly List<StepRecord> _records = [];
    private WireTensor<float> _theta = new([]);
    private float[] _velocity = [];
    private StopRule _rule;
    private long _generation;
    private int _recoveries;
    private volatile bool _stopRequested;

    public TrainingRun(IGrainFactory grains, RunRequest request)
    {
        (_context, _deployment) = (request.Run, request.Deployment);
        _spec = RunSpecJson.Parse(request.Run.Specification, $"run {request.Run.RunId}");
        _grains = new RunGrains(grains, _context, _spec, _deployment);
        _order = new MinibatchOrder(_spec.Training, _spec.Data.Train);
        _layout = RouterGradientLayout.Of(_spec, _spec.Data.Dim);
    }

    /// <summary>How far the run is.</summary>
    public RunPhase Phase { get; private set; } = RunPhase.Preparing;

    /// <summary>A row for each step done.</summary>
    public IReadOnlyList<StepRecord> Records => _records;

    /// <summary>The final weights, once the run is done.</summary>
    public WeightsReply? Weights { get; private set; }

    /// <summary>Ends the run after the step in progress.</summary>
    public void RequestStop() => _stopRequested = true;

    /// <summary>Trains and evaluates.</summary>
    public async Task<RunSummary> Run()
    {
        var start = Stopwatch.GetTimestamp();
        await Restart();
        var trainingStart = Stopwatch.GetTimestamp();
        var (last, reason) = await Train();
        var training = Stopwatch.GetElapsedTime(trainingStart);

        Phase = RunPhase.Evaluating;
        var weights = await ReadWeights(last, reason);
        var version = Version(last, reason);
        var withNoise = await TestEvaluation.Accuracy(_grains, _spec.Data.Test, RoutePurpose.Evaluate, version, _theta);
        var withoutNoise = await TestEvaluation.Accuracy(_grains, _spec.Data.Test, RoutePurpose.EvaluateWithoutNoise, version, _theta);
        var milliseconds = _records.Select(record => record.StepMilliseconds).Order().ToArray();
        var threads = _deployment.Silos * _deployment.Threads;
        Phase = RunPhase.Done;
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
            _deployment.Silos,
            _deployment.Shards,
            _deployment.Threads,
            _deployment.Dispatch,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            milliseconds[milliseconds.Length / 2],
            _records.Sum(record => record.ComputeMilliseconds) / (threads * training.TotalMilliseconds),
            _recoveries);
    }

    /// <summary>Releases the run's experts and routers.</summary>
    public Task Release() => _grains.Release();

    private async Task<(StepFold Last, StopReason Reason)> Train()
    {
        var fruitless = 0;
        for (var step = 0L; ; step++)
        {
            var (fold, stop, failure) = await Step(step);
            if (fold is null)
            {
                if (++fruitless > RecoveryLimit) throw new InvalidOperationException(failure);
                _recoveries++;
                await Restart();
                step = -1;
                continue;
            }

            fruitless = 0;
            if (stop is null && step == _spec.Training.Steps - 1) stop = StopReason.Steps;
            if (stop is null && _stopRequested) stop = StopReason.Interrupted;
            if (stop is { } reason) return (fold, reason);
        }
    }

    /// <summary>One step. No fold means that the run has to be recovered.</summary>
    private async Task<(StepFold? Fold, StopReason? Stop, string? Failure)> Step(long step)
    {
        var start = Stopwatch.GetTimestamp();
        var samples = _order.Size(step);
        var protocol = new StepProtocol(step, _generation, _grains.Experts.Count, [.. _grains.Shards(samples, _spec.Training.Block)]);
        var driver = new StepDriver(_grains, protocol, samples, _theta);
        var command = await driver.Drive(protocol.Start());
        if (command.Kind != StepCommandKind.Fold) return (null, null, Failure(command, driver));

        var fold = StepFold.Of(_spec, _layout, step, samples, driver.Replies);
        if (!double.IsFinite(fold.Metrics.Loss))
            throw new InvalidOperationException($"The loss of step {step} is {fold.Metrics.Loss}: training diverged; lower training.expert.rate or training.router.rate.");
        (_rule, var stop) = _rule.Observe(_spec.Training.Stop, fold.Metrics.Loss);
        var commitStart = Stopwatch.GetTimestamp();
        if (stop is null)
        {
            // What was sent is never changed: the next Theta is a new array.
            var theta = _theta.Span.ToArray();
            RouterStep.Update<float>(_spec.Training.Router, _layout, samples, fold.RouterSums, theta, _velocity);
            command = await driver.Drive(protocol.Commit());
            if (command.Kind != StepCommandKind.StepCommitted) return (null, null, Failure(command, driver));
            _theta = new WireTensor<float>(theta);
        }

        _records.Add(new StepRecord(
            step,
            fold.Metrics.Loss,
            fold.Metrics.Accuracy,
            fold.Metrics.Entropy,
            fold.Metrics.Imbalance,
            driver.Replies.Sum(reply => reply.ComputeMilliseconds),
            driver.Replies.Max(reply => reply.DispatchMilliseconds),
            Stopwatch.GetElapsedTime(commitStart).TotalMilliseconds,
            Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        return (fold, stop, null);
    }

    /// <summary>Takes the run, for the first time or again, and goes back to its start.</summary>
    private async Task Restart()
    {
        Phase = RunPhase.Preparing;
        _generation = await new TakeOverDriver(_grains).TakeOver(_generation);
        _theta = new WireTensor<float>(new float[_layout.GradientLength]);
        _velocity = new float[_layout.GradientLength];
        _rule = StopRule.Start;
        _records.Clear();
        Phase = RunPhase.Training;
    }

    private async Task<MixtureWeights<float>> ReadWeights(StepFold last, StopReason reason)
    {
        var snapshots = await Task.WhenAll(_grains.Experts.Select(expert => expert.Read()));
        for (var m = 0; m < snapshots.Length; m++)
        {
            if (snapshots[m].Version != Version(last, reason) || snapshots[m].Generation != _generation)
                throw new InvalidOperationException($"Expert {m} on silo {snapshots[m].Silo} is at version {snapshots[m].Version} after step {last.Metrics.Step}.");
        }

        Weights = new WeightsReply(_theta, [.. snapshots.Select(snapshot => snapshot.Weights)]);
        var layout = ExpertKinds.Parameters(_spec.Model, _spec.Data.Dim, _spec.Data.Patches);
        return new MixtureWeights<float>(_theta.Span.ToArray(), [.. snapshots.Select(snapshot => snapshot.Weights.Span.ToArray())], layout);
    }

    /// <summary>The stopping step of the stop rule makes no update.</summary>
    private static long Version(StepFold last, StopReason reason) =>
        reason is StopReason.Floor or StopReason.Rise ? last.Metrics.Step : last.Metrics.Step + 1;

    /// <summary>Why a step has to be recovered.</summary>
    /// <exception cref="InvalidOperationException">Another generation has the run: there is nothing left to do here.</exception>
    private static string Failure(StepCommand command, StepDriver driver) => command.Kind == StepCommandKind.Deposed
        ? throw new InvalidOperationException($"Step {command.Step}: another coordinator has taken the run.")
        : $"Step {command.Step} failed ({command.Reason}{(command.Cause is { } expert ? $", expert {expert}" : "")}): {driver.LastFailure?.Message ?? "no call failed"}";
}
