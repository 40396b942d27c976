using System.Security.Cryptography;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Coordinator.Output;
using MoeOrleans.Grains.Contracts;

namespace MoeOrleans.Cli.Training;

/// <summary>A run that is started and followed to its end.</summary>
/// <param name="spec">What is run.</param>
/// <param name="deployment">How it is spread.</param>
/// <param name="productsInterval">Steps between records of the products; 0 for none.</param>
/// <param name="interrupted">Asks the run to end after its step.</param>
internal sealed class FollowedRun(RunSpec spec, Deployment deployment, int productsInterval, CancellationToken interrupted)
{
    // Often enough for the eye; a call costs microseconds.
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly string _runId = $"{SpecHash.Of(spec)[..12]}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    private readonly string _specification = RunSpecJson.Write(spec);

    /// <summary>Runs and tells how far it is; its grains are released in the end.</summary>
    /// <exception cref="OperationCanceledException">Interrupted before the run was started.</exception>
    public async Task<RunResult> Run(IGrainFactory grains, Action<RunProgress> report)
    {
        interrupted.ThrowIfCancellationRequested();
        var coordinator = grains.GetGrain<ICoordinatorGrain>(_runId);
        await coordinator.Start(new RunRequest(new RunContext(_runId, _specification), deployment, productsInterval));
        try
        {
            var (summary, records) = await Follow(coordinator, report);
            var record = new RunRecord(RunRecord.CurrentFormat, _specification, deployment, summary, records, await coordinator.GetProducts());
            var best = await coordinator.GetBestWeights();
            return new RunResult(record, Weights(await coordinator.GetWeights()), best is null ? null : Weights(best));
        }
        finally
        {
            await coordinator.Release();
        }
    }

    private async Task<(RunSummary Summary, IReadOnlyList<StepRecord> Records)> Follow(ICoordinatorGrain coordinator, Action<RunProgress> report)
    {
        var records = new List<StepRecord>();
        var stopping = false;
        while (true)
        {
            if (!stopping && interrupted.IsCancellationRequested)
            {
                stopping = true;
                await coordinator.Stop();
            }

            var status = await coordinator.GetStatus(records.Count);
            if (status.Phase == RunPhase.Unknown) throw new InvalidOperationException($"run {_runId} was lost with its coordinator");
            // After a recovery the coordinator does the steps again, and there are fewer records than were seen.
            if (status.StepsDone < records.Count) records.Clear();
            else records.AddRange(status.Records);

            Show(report, new RunProgress(status.Phase, records, spec.Training.Steps, stopping));
            if (status.Phase == RunPhase.Failed) throw new InvalidOperationException(status.Error);
            if (records.Count < status.StepsDone) continue;
            if (status.Summary is { } summary) return (summary, records);
            await Pause(stopping);
        }
    }

    // A full or closed log must not cost the run.
    private static void Show(Action<RunProgress> report, RunProgress progress)
    {
        try
        {
            report(progress);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    // A signal cuts the pause short, so that the run is told at once.
    private async Task Pause(bool stopping) =>
        await Task.Delay(s_pollInterval, stopping ? CancellationToken.None : interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private MixtureWeights<float> Weights(WeightsReply weights)
    {
        var layout = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        return new MixtureWeights<float>(weights.Router.Span.ToArray(), [.. weights.Experts.Select(expert => expert.Span.ToArray())], layout);
    }
}
