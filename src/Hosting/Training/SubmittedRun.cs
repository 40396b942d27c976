using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Training;

/// <summary>A run that goes on in a silo, this process's or another's: watched to its end and fetched.</summary>
/// <param name="runId">The run.</param>
/// <param name="coordinator">Its coordinator.</param>
/// <param name="request">What it was started with.</param>
internal sealed class RunFollower(string runId, ICoordinatorGrain coordinator, RunRequest request)
{
    // Often enough for the eye; a call costs microseconds.
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<StepRecord> _records = [];

    /// <summary>What is run.</summary>
    public RunSpec Spec { get; } = RunSpecJson.Parse(request.Run.Specification, $"run {runId}");

    /// <summary>Tells how far the run is until it has ended, and fetches what it has made.</summary>
    /// <param name="report">Receives how far it is.</param>
    /// <param name="stop">Ends it after its step; null leaves it alone.</param>
    /// <param name="interrupted">Asks for that.</param>
    /// <exception cref="OperationCanceledException">Interrupted, and the run was left alone.</exception>
    /// <exception cref="InvalidOperationException">The run has failed, or was lost.</exception>
    public async Task<RunResult> Follow(Action<RunProgress> report, Func<Task>? stop, CancellationToken interrupted)
    {
        var stopping = false;
        while (true)
        {
            if (!stopping && interrupted.IsCancellationRequested)
            {
                if (stop is null) throw new OperationCanceledException(interrupted);
                stopping = true;
                await stop();
            }

            var status = await PatientCall.Ask(() => coordinator.GetStatus(_records.Count));
            if (status.Phase == RunPhase.Unknown) throw new InvalidOperationException($"run {runId} is no longer known to the cluster: it was broken off, or lost with the silo of its coordinator");
            // After a recovery the coordinator does the steps again, and there are fewer records than were seen.
            if (status.StepsDone < _records.Count) _records.Clear();
            else _records.AddRange(status.Records);

            report.Show(new RunProgress(status.Phase, _records, Spec.Training.Steps, stopping));
            if (status.Phase == RunPhase.Failed) throw new InvalidOperationException(status.Error);
            if (_records.Count < status.StepsDone) continue;
            if (status.Summary is { } summary) return await Collect(summary);
            // A signal cuts the pause short, so that it is heard at once.
            await Task.Delay(s_pollInterval, stopping ? CancellationToken.None : interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<RunResult> Collect(RunSummary summary)
    {
        var products = await PatientCall.Ask(() => coordinator.GetProducts());
        var record = new RunRecord(RunRecord.CurrentFormat, request.Run.Specification, request.Deployment, summary, _records, products);
        var best = await PatientCall.Ask(() => coordinator.GetBestWeights());
        return new RunResult(record, Weights(await PatientCall.Ask(() => coordinator.GetWeights())), best is null ? null : Weights(best));
    }

    private MixtureWeights<float> Weights(WeightsReply weights)
    {
        var layout = ExpertKinds.Parameters(Spec.Model, Spec.Data.Dim, Spec.Data.Patches);
        return new MixtureWeights<float>(weights.Router.Span.ToArray(), [.. weights.Experts.Select(expert => expert.Span.ToArray())], layout);
    }
}
