using System.Diagnostics.Metrics;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>
/// The metrics of a run, as its coordinator sees them. They begin with the run and stop with it: the meter is the run's own. Experts
/// beyond a limit are one series together, <c>other</c>.
/// </summary>
internal sealed class RunMeter : IDisposable
{
    /// <summary>Value of the expert's attribute for those beyond the limit.</summary>
    public const string Other = "other";

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<double> s_loads = new() { HistogramBucketBoundaries = [0, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4, 8, 16, 64] };
    private static readonly KeyValuePair<string, object?>[] s_phases =
        [.. ((string[])["between", "route", "dispatch", "fold", "commit"]).Select(phase => new KeyValuePair<string, object?>(RunTelemetryNames.Phase, phase))];

    private static readonly (RunPhase Phase, KeyValuePair<string, object?> Name)[] s_runPhases =
        [.. ((RunPhase[])[RunPhase.Preparing, RunPhase.Training, RunPhase.Evaluating]).Select(phase => (phase, new KeyValuePair<string, object?>(RunTelemetryNames.RunPhase, phase.ToString().ToLowerInvariant())))];

    private readonly Meter _meter = new(RunTelemetryNames.Name);
    private readonly int _shown;
    private readonly KeyValuePair<string, object?>[] _experts;
    private readonly Histogram<double> _step;
    private readonly Histogram<double> _phase;
    private readonly Histogram<double> _commitWait;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _compute;
    private readonly Histogram<double> _commit;
    private readonly Histogram<double> _otherLoads;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _steps;
    private Latest? _latest;
    private int _restarts;
    private long _generation;

    /// <summary>The run begins.</summary>
    /// <param name="run">What is known of it from the start.</param>
    /// <param name="options">What the silo's telemetry is like.</param>
    /// <param name="phase">Reads what the run is doing.</param>
    public RunMeter(RunFacts run, TelemetryOptions options, Func<RunPhase> phase)
    {
        var experts = run.Experts;
        _shown = Math.Min(experts, options.Experts);
        // One box for each value: recording allocates nothing.
        _experts = [.. Enumerable.Range(0, experts).Select(m => new KeyValuePair<string, object?>(GrainTelemetry.Expert, m < _shown ? m : Other))];
        _step = Seconds(RunTelemetryNames.StepDuration, "Time from the end of the step before to the end of the step");
        _phase = Seconds(RunTelemetryNames.PhaseDuration, "What the coordinator waited for; the phases of a step add up to its duration");
        _commitWait = Seconds(RunTelemetryNames.ExpertCommitWait, "How long a dispatch waited at its expert for the commit of the step before");
        _queue = Seconds(RunTelemetryNames.ExpertQueue, "How long a dispatch then waited for a thread of the compute lane");
        _compute = Seconds(RunTelemetryNames.ExpertCompute, "How long a dispatch was then computed");
        _commit = Seconds(RunTelemetryNames.ExpertCommit, "How long an expert took to commit");
        _otherLoads = _meter.CreateHistogram(
            RunTelemetryNames.OtherLoad, "1", "Relative load of the experts that have no series of their own, in each step", tags: null, advice: s_loads);
        _samples = _meter.CreateCounter<long>(
            RunTelemetryNames.ExpertSamples, "{sample}", "Training samples that the expert has committed, each step once");
        _steps = _meter.CreateCounter<long>(RunTelemetryNames.RunSteps, "{step}", "Steps committed, each once");
        ObserveRun(run, options.Silo, phase);
        ObserveLatest();
    }

    /// <summary>A step has ended.</summary>
    /// <param name="report">The step.</param>
    /// <param name="isFirst">Whether it was never committed before: after a restart steps are repeated.</param>
    public void Record(in StepReport report, bool isFirst)
    {
        var phases = report.Phases;
        _step.Record(phases.Total.TotalSeconds);
        RecordPhases(phases);
        for (var shard = 0; shard < report.Replies.Count; shard++) RecordDispatches(report.Replies[shard]);
        var commits = report.Timeline.Commits;
        for (var m = 0; m < commits.Length && _commit.Enabled; m++)
        {
            if (commits[m].End > 0) _commit.Record(commits[m].Milliseconds / 1000, _experts[m]);
        }

        RecordLoads(report.Counts, isCounted: report.IsCommitted && isFirst);
        if (report.IsCommitted && isFirst) _steps.Add(1);
        // The gauges are read only if the counters are, too.
        if (_samples.Enabled) _latest = new Latest(report.Metrics, report.Counts);
    }

    /// <summary>A generation holds the run now.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="restarts">How often the run went back to step 0.</param>
    public void Restarted(long generation, int restarts) => (_generation, _restarts) = (generation, restarts);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram(name, "s", description, tags: null, advice: s_seconds);

    private void ObserveRun(RunFacts run, string silo, Func<RunPhase> phase)
    {
        KeyValuePair<string, object?>[] info =
        [
            new(GrainTelemetry.RunId, run.RunId), new(RunTelemetryNames.Experts, run.Experts), new(RunTelemetryNames.Shards, run.Shards), new(GrainTelemetry.Silo, silo),
        ];
        _meter.CreateObservableGauge(RunTelemetryNames.RunInfo, () => new Measurement<int>(1, info), "1", "The run that trains: always 1");
        _meter.CreateObservableGauge(RunTelemetryNames.RunActive, () => Phases(phase()), "1", "1 for what the run is doing, 0 for the others");
        _meter.CreateObservableGauge(RunTelemetryNames.RunRestarts, () => _restarts, "{restart}", "How often the run went back to step 0");
        _meter.CreateObservableGauge(RunTelemetryNames.RunGeneration, () => _generation, "{generation}", "The coordinator's claim on the run, counted from 1");
    }

    private static IEnumerable<Measurement<int>> Phases(RunPhase now) => s_runPhases.Select(phase => new Measurement<int>(phase.Phase == now ? 1 : 0, phase.Name));

    private void ObserveLatest()
    {
        _meter.CreateObservableGauge(RunTelemetryNames.TrainingLoss, () => Observe(latest => latest.Metrics.Loss), "1", "Mean loss of the last minibatch");
        _meter.CreateObservableGauge(RunTelemetryNames.TrainingAccuracy, () => Observe(latest => latest.Metrics.Accuracy / 100), "1", "Training accuracy of the last minibatch, 0 to 1");
        _meter.CreateObservableGauge(RunTelemetryNames.RoutingEntropy, () => Observe(latest => latest.Metrics.Entropy), "{nat}", "Dispatch entropy of the last step: 0 if every expert serves one cluster");
        _meter.CreateObservableGauge(RunTelemetryNames.RoutingViolation, () => Observe(latest => latest.Metrics.Imbalance - 1), "1", "Largest relative load of the last step, minus 1: 0 is even");
        _meter.CreateObservableGauge(RunTelemetryNames.RoutingIdle, () => Observe(latest => latest.Idle), "{expert}", "Experts without a sample in the last step");
        _meter.CreateObservableGauge(RunTelemetryNames.ExpertLoad, Loads, "1", "Samples of the expert in the last step over the even share: 1 is fair, 0 is idle");
    }

    private IEnumerable<Measurement<double>> Observe(Func<Latest, double> value) => _latest is { } latest ? [new(value(latest))] : [];

    private IEnumerable<Measurement<double>> Loads() =>
        _latest is { } latest ? Enumerable.Range(0, _shown).Select(m => new Measurement<double>(latest.Load(m), _experts[m])) : [];

    private void RecordPhases(in StepPhases phases)
    {
        if (!_phase.Enabled) return;
        _phase.Record(phases.Between.TotalSeconds, s_phases[0]);
        _phase.Record(phases.Route.TotalSeconds, s_phases[1]);
        _phase.Record(phases.Dispatch.TotalSeconds, s_phases[2]);
        _phase.Record(phases.Fold.TotalSeconds, s_phases[3]);
        _phase.Record(phases.Commit.TotalSeconds, s_phases[4]);
    }

    private void RecordDispatches(RouteReply reply)
    {
        if (!_compute.Enabled || reply.Dispatches.IsDefault) return;
        for (var m = 0; m < reply.Dispatches.Length; m++)
        {
            var dispatch = reply.Dispatches[m];
            if (dispatch.Samples == 0) continue;
            _commitWait.Record(dispatch.Expert.CommitWait / 1000, _experts[m]);
            _queue.Record(dispatch.Expert.Queue / 1000, _experts[m]);
            _compute.Record(dispatch.Expert.Compute / 1000, _experts[m]);
        }
    }

    private void RecordLoads(DispatchCounts counts, bool isCounted)
    {
        if (!_samples.Enabled) return;
        var total = 0L;
        for (var m = 0; m < counts.Experts; m++) total += counts.OfExpert(m);
        for (var m = 0; m < counts.Experts; m++)
        {
            var samples = counts.OfExpert(m);
            if (isCounted && samples > 0) _samples.Add(samples, _experts[m]);
            if (m >= _shown && total > 0) _otherLoads.Record((double)samples * counts.Experts / total);
        }
    }

    /// <summary>The last step.</summary>
    private sealed record Latest(StepMetrics Metrics, DispatchCounts Counts)
    {
        public int Idle => Enumerable.Range(0, Counts.Experts).Count(m => Counts.OfExpert(m) == 0);

        public double Load(int expert)
        {
            var total = Enumerable.Range(0, Counts.Experts).Sum(m => (long)Counts.OfExpert(m));
            return total == 0 ? 0 : (double)Counts.OfExpert(expert) * Counts.Experts / total;
        }
    }
}
