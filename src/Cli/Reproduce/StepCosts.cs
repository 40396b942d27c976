using System.Diagnostics;
using System.Runtime;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Plan;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>
/// What steps cost on this machine: a few steps of every kind of run in the plan, as many runs at a time as the plan will do.
/// </summary>
internal sealed class StepCosts
{
    private const int Steps = 50;
    private const int FewMethods = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Kind, double> _stepSeconds = [];
    private double _runSeconds;

    /// <summary>Measures.</summary>
    /// <param name="bench">Where the runs are done.</param>
    /// <param name="runs">The runs to be done.</param>
    /// <param name="parallel">Runs at a time.</param>
    public static async Task<StepCosts> Measure(RunBench bench, IReadOnlyList<PlannedRun> runs, int parallel)
    {
        var costs = new StepCosts();
        var start = Stopwatch.GetTimestamp();
        foreach (var kind in runs.GroupBy(run => Kind.Of(run.Spec)))
        {
            var (step, rest) = await Settle(bench, kind.First().Spec, parallel, start);
            costs._stepSeconds[kind.Key] = step;
            costs._runSeconds = costs._runSeconds == 0 ? rest : Math.Min(costs._runSeconds, rest);
        }

        return costs;
    }

    /// <summary>The time that a run takes of all the time there is, in seconds.</summary>
    public double Seconds(RunSpec spec) => (TypicalSteps.Of(spec) * _stepSeconds[Kind.Of(spec)]) + _runSeconds;

    /// <summary>
    /// The fastest of some probes, the last of them when the compiler is all but done, for which all kinds together wait no longer
    /// than is bearable: what the first of them has had compiled, the others find.
    /// </summary>
    private static async Task<(double StepSeconds, double RunSeconds)> Settle(RunBench bench, RunSpec spec, int parallel, long start)
    {
        var (stepSeconds, runSeconds) = (double.PositiveInfinity, double.PositiveInfinity);
        long compiled;
        do
        {
            compiled = JitInfo.GetCompiledMethodCount();
            var (step, rest) = await Probe(bench, spec, parallel);
            (stepSeconds, runSeconds) = (Math.Min(stepSeconds, step), Math.Min(runSeconds, rest));
        }
        while (JitInfo.GetCompiledMethodCount() - compiled > FewMethods && Stopwatch.GetElapsedTime(start) < s_patience);

        return (stepSeconds, runSeconds);
    }

    private static async Task<(double StepSeconds, double RunSeconds)> Probe(RunBench bench, RunSpec spec, int parallel)
    {
        var probed = spec with { Training = spec.Training with { Steps = Steps, Stop = spec.Training.Stop with { Enabled = false } } };
        var start = Stopwatch.GetTimestamp();
        var finished = await Task.WhenAll(Enumerable.Range(1, parallel).Select(seed =>
            bench.Run(probed with { Training = probed.Training with { Seed = seed } }, productsInterval: 0, (_, _) => { })));
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var milliseconds = finished.SelectMany(run => run.Run.Steps.Skip(Steps / 3)).Select(step => step.StepMilliseconds).Order().ToArray();
        // What a busy machine adds now it may not add later: the lower quartile.
        var step = milliseconds[milliseconds.Length / 4] / 1000;
        return (step / parallel, Math.Max(0, wall - (finished.Average(run => run.Run.Steps.Sum(record => record.StepMilliseconds)) / 1000)) / parallel);
    }

    /// <summary>What decides the cost of a step.</summary>
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
