using System.Runtime.CompilerServices;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Training;

/// <summary>A run that a <see cref="TrainingClient"/> has started or found. It goes on whether or not a client follows it.</summary>
public sealed class RunHandle
{
    private static readonly TimeSpan s_queuePoll = TimeSpan.FromMilliseconds(200);

    // Often enough for a live view; a call costs microseconds.
    private static readonly TimeSpan s_progressPoll = TimeSpan.FromMilliseconds(100);

    // The queue looks for runs of a lost silo within a second or two.
    private static readonly TimeSpan s_unlistedLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_unknownLimit = TimeSpan.FromMinutes(2);

    private readonly bool _isQueued;
    private readonly ClusterCalls _calls;
    private readonly TimeProvider _time;
    private readonly IRunQueueGrain _queue;
    private readonly ICoordinatorGrain _coordinator;
    private IReadOnlyList<StepRecord>? _allRecords;

    internal RunHandle(IGrainFactory grains, QueueEntry info, bool isQueued, ClusterCalls calls, TimeProvider time)
    {
        (Info, _isQueued, _calls, _time) = (info, isQueued, calls, time);
        (_queue, _coordinator) = (grains.GetGrain<IRunQueueGrain>(0), grains.GetGrain<ICoordinatorGrain>(info.RunId));
    }

    /// <summary>The run's id.</summary>
    public string RunId => Info.RunId;

    /// <summary>The run as the cluster last reported it to this object.</summary>
    public QueueEntry Info { get; private set; }

    /// <summary>Whether the run was there when its name was submitted.</summary>
    internal bool IsFound { get; init; }

    /// <summary>The steps of the run, each once, until the run has ended. A restarted run repeats its steps with the same bits.</summary>
    /// <param name="cancelled">Ends the enumeration, and leaves the run alone.</param>
    /// <exception cref="RunFailedException">The run failed, was lost, or was stopped before its first step.</exception>
    public async IAsyncEnumerable<StepRecord> Steps([EnumeratorCancellation] CancellationToken cancelled = default)
    {
        var next = 0;
        await foreach (var progress in Progress(cancelled))
        {
            for (; next < progress.Records.Count; next++) yield return progress.Records[next];
        }
    }

    /// <summary>How far the run is, about ten times a second, until it has ended; its time in the queue is included.</summary>
    /// <param name="cancelled">Ends the enumeration, and leaves the run alone.</param>
    /// <exception cref="RunFailedException">The run failed, was lost, or was stopped before its first step.</exception>
    public async IAsyncEnumerable<RunProgress> Progress([EnumeratorCancellation] CancellationToken cancelled = default)
    {
        while (_isQueued && !await HasBegun(cancelled))
        {
            yield return new RunProgress(RunPhase.Preparing, [], Info.Steps, Info.Ahead);
            await Task.Delay(s_queuePoll, _time, cancelled);
            await UpdateInfo(cancelled);
        }

        var records = new List<StepRecord>();
        var (restarts, lost) = (0, 0);
        EvaluationRecord? evaluation = null;
        long? unknownSince = null;
        bool? hasEntropy = null;
        while (true)
        {
            var status = await Status(records.Count, cancelled);
            if (status.Phase == RunPhase.Unknown)
            {
                await ThrowIfLost(unknownSince ??= _time.GetTimestamp(), cancelled);
                await Task.Delay(s_queuePoll, _time, cancelled);
                continue;
            }

            unknownSince = null;
            hasEntropy ??= await HasEntropy(cancelled);
            // A restarted run has fewer steps than before.
            if (status.StepsDone < records.Count)
            {
                (restarts, lost) = (restarts + 1, records.Count);
                records.Clear();
            }
            else
            {
                records.AddRange(status.Records);
            }

            evaluation = records.Count == 0 ? null : status.Records.LastOrDefault(record => record.Evaluation is not null)?.Evaluation ?? evaluation;

            yield return new RunProgress(status.Phase, records, Info.Steps, Ahead: 0)
            {
                LongStep = status.LongStep,
                LastEvaluation = evaluation,
                Restarts = restarts,
                LostSteps = lost,
                HasEntropy = hasEntropy.Value,
            };
            if (status.Phase == RunPhase.Stopped) throw new RunFailedException(status.Error!, QueueEntryState.Withdrawn);
            if (status.Phase == RunPhase.Failed) throw new RunFailedException(status.Error!, QueueEntryState.Failed) { FinalVersion = status.FinalVersion };
            if (records.Count < status.StepsDone) continue;
            if (status.Summary is not null) break;
            await Task.Delay(s_progressPoll, _time, cancelled);
        }

        _allRecords = records;
    }

    /// <summary>Waits until the run has ended, and fetches its result.</summary>
    /// <param name="cancelled">Ends the wait, and leaves the run alone.</param>
    /// <exception cref="RunFailedException">The run failed, was lost, or was stopped before its first step.</exception>
    public async Task<RunResult> GetResult(CancellationToken cancelled = default)
    {
        if (_allRecords is null)
        {
            await foreach (var _ in Progress(cancelled))
            {
            }
        }

        var records = _allRecords!;
        var summary = (await Status(records.Count, cancelled)).Summary ?? throw Lost();
        var request = await _calls.Small.Run(_ => _coordinator.GetRequest(), cancelled) ?? throw Lost();
        var spec = RunSpecJson.Parse(request.Run.Specification, $"run {RunId}");
        var products = await _calls.Small.Run(_ => _coordinator.GetProducts(), cancelled);
        var record = new RunRecord(RunRecord.CurrentFormat, request.Run.Specification, request.Deployment, summary, records, products)
        {
            Loads = await _calls.Small.Run(_ => _coordinator.GetLoads(), cancelled),
        };
        var (final, best) = (await Weights(request, spec, best: false, cancelled) ?? throw Lost(), await Weights(request, spec, best: true, cancelled));
        return new RunResult(spec, record, final, best);
    }

    /// <summary>What is left of a run that was trained and could not be evaluated.</summary>
    /// <param name="failure">Its failure.</param>
    /// <param name="cancelled">Ends the calls.</param>
    /// <returns>The failure with what was fetched; the failure itself if nothing is left.</returns>
    internal async Task<RunFailedException> FetchTrained(RunFailedException failure, CancellationToken cancelled = default)
    {
        if (failure.FinalVersion is not { } version) return failure;
        var request = await _calls.Small.Run(_ => _coordinator.GetRequest(), cancelled) ?? throw Lost();
        var spec = RunSpecJson.Parse(request.Run.Specification, $"run {RunId}");
        var records = new List<StepRecord>();
        RunStatus status;
        do records.AddRange((status = await Status(records.Count, cancelled)).Records);
        while (records.Count < status.StepsDone);
        var (final, best) = (await Weights(request, spec, best: false, cancelled) ?? throw Lost(), await Weights(request, spec, best: true, cancelled));
        var bestStep = BestVersion(spec.Training, records);
        return new RunFailedException(failure.Message, failure.State)
        {
            FinalVersion = version,
            Trained = new UnevaluatedRun(
                RunId, SpecHash.Of(spec), request.Run.Specification, records, final, version, best, bestStep),
        };
    }

    private static long BestVersion(TrainingSpec training, List<StepRecord> records)
    {
        if (training.KeepBestBy == KeepBestBy.Validation)
            return records.Where(record => record.Evaluation is not null).MinBy(record => record.Evaluation!.ValidationLoss)?.Step + 1 ?? 0;
        // Of several smallest losses the last one.
        return records.Count == 0 ? 0 : records.OrderBy(record => record.Loss).ThenByDescending(record => record.Step).First().Step;
    }

    /// <summary>Asks the run to end after the step in progress: it is then evaluated and has a result. A queued run leaves the queue.</summary>
    /// <exception cref="RunFailedException">The cluster no longer knows the run.</exception>
    public async Task Stop()
    {
        if (_isQueued) Info = await _calls.Small.Run(_ => _queue.Stop(RunId)) ?? throw Lost();
        else await _calls.Small.Run(_ => _coordinator.Stop());
    }

    /// <summary>Deletes what the cluster keeps of the run; an active run is cancelled and has no result.</summary>
    public Task Delete() => _calls.Small.Run(_ => _isQueued ? _queue.Delete(RunId) : _coordinator.Release());

    /// <summary>Fetches the recorded routing of the run.</summary>
    /// <param name="spec">The specification of the run.</param>
    internal RoutingFetch Routing(RunSpec spec) => new(spec, (record, first) => _calls.Small.Run(_ => _coordinator.GetRouting(record, first)));

    /// <summary>What the coordinator says of the run, with the step records from <paramref name="firstRecord"/> on, at most a thousand.</summary>
    internal Task<RunStatus> Status(int firstRecord, CancellationToken cancelled) => _calls.Small.Run(_ => _coordinator.GetStatus(firstRecord), cancelled);

    private async Task<bool> HasEntropy(CancellationToken cancelled)
    {
        // Null if the run was lost just now, which the next status says.
        if (await _calls.Small.Run(_ => _coordinator.GetRequest(), cancelled) is not { } request) return true;
        var spec = RunSpecJson.Parse(request.Run.Specification, $"run {RunId}");
        return spec.Data.Clusters > 1 && spec.Model.Experts > 1;
    }

    private async Task<bool> HasBegun(CancellationToken cancelled)
    {
        if (Info.State == QueueEntryState.Withdrawn) throw new RunFailedException(Info.Error ?? $"run {RunId} was stopped before its first step", QueueEntryState.Withdrawn);
        // If the coordinator of a run that is done was lost, its status says so.
        if (Info.State == QueueEntryState.Done) return true;
        if (Info.State != QueueEntryState.Queued && await _calls.Small.Run(_ => _coordinator.GetRequest(), cancelled) is not null) return true;
        if (Info.Error is { } error) throw new RunFailedException(error, QueueEntryState.Failed) { IsLost = Info.IsLost };
        return false;
    }

    /// <summary>
    /// A coordinator that knows no run is a new activation. The queue knows whether the run was lost with the old one, or goes on.
    /// </summary>
    private async Task ThrowIfLost(long unknownSince, CancellationToken cancelled)
    {
        if (!_isQueued) throw Lost();
        var found = (await _calls.Small.Run(_ => _queue.List(), cancelled)).FirstOrDefault(run => run.RunId == RunId);
        if (found is { Error: { } error }) throw new RunFailedException(error, QueueEntryState.Failed) { IsLost = found.IsLost };
        var goesOn = found is { State: QueueEntryState.Active or QueueEntryState.Queued };
        if (_time.GetElapsedTime(unknownSince) > (goesOn ? s_unknownLimit : s_unlistedLimit)) throw Lost();
    }

    private async Task UpdateInfo(CancellationToken cancelled) =>
        Info = (await _calls.Small.Run(_ => _queue.List(), cancelled)).FirstOrDefault(run => run.RunId == RunId) ?? throw Lost();

    private RunFailedException Lost() => new($"run {RunId} is no longer known to the cluster: it was deleted, or lost with the silo of its coordinator; then start it again", QueueEntryState.Failed) { IsLost = true };

    private async Task<MixtureWeights<float>?> Weights(RunRequest request, RunSpec spec, bool best, CancellationToken cancelled)
    {
        var weights = await new WeightsFetch(spec, (expert, first) => _calls.Small.Run(_ => _coordinator.GetWeights(best, expert, first), cancelled)).Fetch();
        return request.Standardization is { } values && weights is not null ? weights with { Standardization = Standardization.FromValues(spec.Data.Dim, values) } : weights;
    }
}
