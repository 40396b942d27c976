using System.Diagnostics;
using System.Runtime;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Plan;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>
/// The time of steps on this machine, from a few steps of every kind of run in the plan, with as many runs at a time as the plan will have.
/// </summary>
internal sealed class StepCosts
{
    private const int Steps = 50;
    private const int FewMethods = 100;
    private static readonly TimeSpan s_settleTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Kind, double> _stepSeconds = [];
    private double _runSeconds;

    /// <param name="bench">Trains the probes.</param>
    /// <param name="runs">The runs of the plan.</param>
    /// <param name="parallel">Runs at a time.</param>
    public static async Task<StepCosts> Measure(RunBench bench, IReadOnlyList<PlannedRun> runs, int parallel)
    {
        var costs = new StepCosts();
        var start = Stopwatch.GetTimestamp();
        foreach (var kind in runs.GroupBy(run => Kind.Of(run.Spec)))
        {
            if (await MeasureFirst(bench, [.. kind.Select(run => run.Spec)], parallel, start) is not var (step, rest)) continue;
            costs._stepSeconds[kind.Key] = step;
            costs._runSeconds = costs._runSeconds == 0 ? rest : Math.Min(costs._runSeconds, rest);
        }

        return costs;
    }

    /// <summary>A run's share of the reproduction's time, in seconds.</summary>
    public double Seconds(RunSpec spec) => (TypicalSteps.Of(spec) * _stepSeconds.GetValueOrDefault(Kind.Of(spec))) + _runSeconds;

    /// <summary>The first run of a kind that does not diverge; null if all do, which then take no time worth planning.</summary>
    private static async Task<(double StepSeconds, double RunSeconds)?> MeasureFirst(RunBench bench, IReadOnlyList<RunSpec> specs, int parallel, long start)
    {
        foreach (var spec in specs)
        {
            try
            {
                return await MeasureWarm(bench, spec, parallel, start);
            }
            catch (RunFailedException)
            {
                // The run itself will say why.
            }
        }

        return null;
    }

    /// <summary>
    /// The fastest of some probes. Probes are repeated until one compiles few methods, at most for 10 seconds for all kinds of run together:
    /// later kinds mostly find their methods compiled.
    /// </summary>
    private static async Task<(double StepSeconds, double RunSeconds)> MeasureWarm(RunBench bench, RunSpec spec, int parallel, long start)
    {
        var (stepSeconds, runSeconds) = (double.PositiveInfinity, double.PositiveInfinity);
        long compiled;
        do
        {
            compiled = JitInfo.GetCompiledMethodCount();
            var (step, rest) = await Probe(bench, spec, parallel);
            (stepSeconds, runSeconds) = (Math.Min(stepSeconds, step), Math.Min(runSeconds, rest));
        }
        while (JitInfo.GetCompiledMethodCount() - compiled > FewMethods && Stopwatch.GetElapsedTime(start) < s_settleTimeout);

        return (stepSeconds, runSeconds);
    }

    private static async Task<(double StepSeconds, double RunSeconds)> Probe(RunBench bench, RunSpec spec, int parallel)
    {
        var probed = spec with { Training = spec.Training with { Steps = Steps, Stop = spec.Training.Stop with { Enabled = false } } };
        var start = Stopwatch.GetTimestamp();
        var finished = await Task.WhenAll(Enumerable.Range(1, parallel).Select(seed =>
            bench.Train(probed with { Training = probed.Training with { Seed = seed } }, productsInterval: 0, (_, _) => { })));
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var milliseconds = finished.SelectMany(run => run.Record.Steps.Skip(Math.Min(Steps / 3, run.Record.Steps.Count - 1))).Select(step => step.StepMilliseconds).Order().ToArray();
        // The lower quartile: the machine may be less busy later.
        var step = milliseconds[milliseconds.Length / 4] / 1000;
        return (step / parallel, Math.Max(0, wall - (finished.Average(run => run.Record.Steps.Sum(record => record.StepMilliseconds)) / 1000)) / parallel);
    }

    /// <summary>The fields of a specification that decide the time of a step.</summary>
    private sealed record Kind(ModelSpec Model, bool TieBreak, GateKind Gate, bool LoadBalance, int Train, int Patches, int Dim, int Minibatch)
    {
        public static Kind Of(RunSpec spec) => new(
            spec.Model with { Kind = default, InitialScale = 0 },
            spec.Routing.Noise == NoiseKind.Off || !spec.Routing.NoiseInArgmax,
            spec.Routing.Gate,
            spec.Routing.LoadBalance > 0,
            spec.Data.Train,
            spec.Data.Patches,
            spec.Data.Dim,
            spec.Training.Minibatch);
    }
}
