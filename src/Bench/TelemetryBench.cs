using System.Diagnostics;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace MoeOrleans.Bench;

/// <summary>
/// Measures what traces and metrics cost: the recordings of one step, timed alone with OpenTelemetry listening and an exporter that does
/// nothing, and whole runs with and without, interleaved.
/// </summary>
/// <param name="run">The run, of at least <see cref="Steps"/> steps.</param>
/// <param name="threads">Compute threads.</param>
/// <param name="progress">Receives what is being done.</param>
internal sealed class TelemetryBench(RunSpec run, int threads, Action<string> progress)
{
    private const string Sources = "MoeOrleans.*";
    private const double Traced = 0.01;
    private const int Steps = 200;
    private const int Recordings = 2000;

    private static readonly (string Name, bool Metrics, double Share)[] s_cases = [("off", false, 0), ("metrics", true, 0), ("metrics, 1 % of steps traced", true, Traced)];

    /// <param name="rounds">Number of rounds.</param>
    public async Task<IReadOnlyList<TelemetryRow>> Measure(int rounds)
    {
        var results = s_cases.Select(_ => (Alone: new List<double>(), Step: new List<double>(), Ratio: new List<double>(), Bytes: new List<double>())).ToArray();
        var spec = run with { Training = run.Training with { Steps = Steps, Stop = run.Training.Stop with { Enabled = false } } };
        await using var silo = await EmbeddedSilo.Start(threads, verbose: false);
        // The JIT compiles in the warm-up round.
        for (var round = -1; round < rounds; round++)
        {
            progress($"telemetry: {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}");
            var off = 0.0;
            for (var c = 0; c < s_cases.Length; c++)
            {
                using var listening = Listen(s_cases[c].Metrics, s_cases[c].Share > 0);
                var (alone, bytes) = RecordAlone(s_cases[c].Share);
                var (milliseconds, _) = await BenchRun.Measure(silo.Grains, spec, new Deployment(1, 1, threads, DispatchMode.Reference), s_cases[c].Share);
                var step = milliseconds.Skip(StepBench.FirstStep).Average();
                if (c == 0) off = step;
                if (round < 0) continue;
                results[c].Alone.Add(alone);
                results[c].Bytes.Add(bytes);
                results[c].Step.Add(step);
                results[c].Ratio.Add(step / off);
            }
        }

        var plain = Spread.Of(results[0].Step).Median;
        return [.. s_cases.Select((it, c) => new TelemetryRow(
            it.Name, spec.Model.Experts, threads, Spread.Of(results[c].Alone), Spread.Of(results[c].Alone).Median / (1000 * plain), Spread.Of(results[c].Bytes).Median, Spread.Of(results[c].Step), Spread.Of(results[c].Ratio)))];
    }

    private static CompositeDisposable Listen(bool metrics, bool traces) => new(
        metrics ? Sdk.CreateMeterProviderBuilder().AddMeter(Sources).AddReader(new PeriodicExportingMetricReader(new Discard<Metric>())).Build() : null,
        traces ? Sdk.CreateTracerProviderBuilder().AddSource(Sources).AddProcessor(new BatchActivityExportProcessor(new Discard<Activity>())).Build() : null);

    /// <summary>Records steps as a coordinator, a router and experts do, and nothing else.</summary>
    /// <returns>Microseconds and bytes allocated for a step.</returns>
    private (double Microseconds, double Bytes) RecordAlone(double share)
    {
        var experts = run.Model.Experts;
        var assignment = new RunAssignment("bench", 1, [.. Enumerable.Repeat("bench", experts)], ["bench"]);
        using var telemetry = new RunTelemetry(
            new RunFacts("bench", experts, 1, share), new TelemetryOptions("bench", TelemetryOptions.DefaultExperts), () => RunPhase.Training, () => assignment, TimeProvider.System);
        telemetry.BeginRun();
        var counts = new DispatchCounts(run.Data.Clusters, experts);
        for (var m = 0; m < experts; m++) counts[0, m] = run.Data.Train / experts;
        var timing = new DispatchTiming(0.1f, 0.2f, 0.3f);
        var reply = new RouteReply(
            [], new WireTensor<int>(counts.Memory), 0, WireTensor<double>.None, WireTensor<int>.None, WireTensor<float>.None, 0, 1,
            [.. Enumerable.Range(0, experts).Select(m => new RoutedDispatch(counts.OfExpert(m), 0, 1, timing))]);
        RouteReply[] replies = [reply];
        var dispatch = new DispatchRequest(0, 0, WireTensor<int>.None, WireTensor<int>.None, new WireTensor<float>(new float[run.Data.Train / experts]));
        var (start, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        for (var step = 0; step < Recordings; step++)
        {
            var timeline = telemetry.BeginStep(step, shards: 1);
            timeline.Begin(ref timeline.Routes[0]);
            Dispatch(timeline.Span?.Id, dispatch, timing);
            timeline.End(ref timeline.Routes[0], 1);
            for (var m = 0; m < experts; m++)
            {
                timeline.Begin(ref timeline.Commits[m]);
                Commit(timeline.Span?.Id, m);
                timeline.End(ref timeline.Commits[m], 1);
            }

            var metrics = new StepMetrics(step, 1, 50, 1, 1);
            telemetry.EndStep(new StepReport(metrics, counts, replies, timeline, default, IsCommitted: true), isFirst: true);
        }

        return (Stopwatch.GetElapsedTime(start).TotalMicroseconds / Recordings, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Recordings);
    }

    private void Dispatch(string? step, DispatchRequest message, DispatchTiming timing)
    {
        using var route = GrainTelemetry.Start(GrainTelemetry.RouteSpan, step);
        route?.SetTag(GrainTelemetry.Step, 0L).SetTag(GrainTelemetry.Shard, 0).SetTag(GrainTelemetry.Silo, "bench").SetTag(GrainTelemetry.Samples, run.Data.Train);
        for (var m = 0; m < run.Model.Experts; m++)
        {
            using var dispatch = GrainTelemetry.Start(GrainTelemetry.DispatchSpan, route?.Id);
            dispatch?.SetTag(GrainTelemetry.Step, 0L).SetTag(GrainTelemetry.Expert, m).SetTag(GrainTelemetry.Silo, "bench").SetTag(GrainTelemetry.Samples, 1);
            DispatchTelemetry.Sent(dispatch, message, isLocal: true, sampleBytes: 0);
            using var compute = GrainTelemetry.Start(GrainTelemetry.ComputeSpan, dispatch?.Id);
            DispatchTelemetry.Computed(compute, message, m, "bench", timing);
        }
    }

    private static void Commit(string? step, int expert)
    {
        using var commit = GrainTelemetry.Start(GrainTelemetry.CommitSpan, step);
        commit?.SetTag(GrainTelemetry.Step, 0L).SetTag(GrainTelemetry.Expert, expert).SetTag(GrainTelemetry.Silo, "bench").SetTag(GrainTelemetry.Samples, 1)
            .SetTag(GrainTelemetry.Decision, nameof(CommitKind.Apply));
    }

    private sealed class CompositeDisposable(params IDisposable?[] all) : IDisposable
    {
        public void Dispose()
        {
            foreach (var one in all) one?.Dispose();
        }
    }

    private sealed class Discard<T> : BaseExporter<T>
        where T : class
    {
        public override ExportResult Export(in Batch<T> batch) => ExportResult.Success;
    }
}
