using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Coordinator.Output;
using MoeOrleans.Grains.Contracts;
using MoeOrleans.Silo;

namespace MoeOrleans.Cli.Training;

/// <summary>A run on a silo in this process, from start to result.</summary>
internal sealed class EmbeddedRun(RunSpec spec, Deployment deployment, bool verbose, CancellationToken interrupted)
{
    // Often enough for the eye; a call costs microseconds.
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly string _runId = $"{SpecHash.Of(spec)[..12]}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    private readonly string _specification = RunSpecJson.Write(spec);

    /// <summary>Runs and tells how far it is.</summary>
    /// <exception cref="OperationCanceledException">Interrupted before the run was started.</exception>
    public async Task<RunResult> Run(Action<RunProgress> report)
    {
        interrupted.ThrowIfCancellationRequested();
        using var host = await MoeSilo.StartEmbedded(deployment.Threads, Configure);
        try
        {
            interrupted.ThrowIfCancellationRequested();
            var coordinator = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICoordinatorGrain>(_runId);
            await coordinator.Start(new RunRequest(new RunContext(_runId, _specification), deployment));
            var (summary, records) = await Follow(coordinator, report);
            var record = new RunRecord(RunRecord.CurrentFormat, _specification, deployment, summary, records, []);
            return new RunResult(record, Weights(await coordinator.GetWeights()));
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
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

    private void Configure(ISiloBuilder silo)
    {
        // The host's own lifetime would answer signals too, and keep a second Ctrl+C from ending the process.
        silo.Services.AddSingleton<IHostLifetime, NoSignals>();
        if (verbose) return;
        silo.Services.AddLogging(logging => logging
            // A run's failure is told in one line, its log has the stack trace; a recovery is a warning worth a line.
            .AddFilter(typeof(CoordinatorGrain).FullName, level => level == LogLevel.Warning)
            // A silo that is stopped right after its start logs that its own calls are refused, as errors.
            .AddFilter("Orleans.Runtime.GrainCallCancellationManager", LogLevel.None)
            .AddFilter("Orleans.Runtime.Messaging.MessageCenter", LogLevel.None));
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
