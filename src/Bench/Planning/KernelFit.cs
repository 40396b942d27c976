using System.Collections.Immutable;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>Measures the kernels of a few specifications, and fits their costs. Plans are for other specifications.</summary>
/// <param name="progress">Receives a line before each measurement.</param>
internal sealed class KernelFit(Action<string> progress)
{
    private const int PassCount = 3;

    private static readonly string[] s_cnn = ["data.train=8192", "data.test=16"];
    private static readonly string[] s_mlp = ["model.expert=mlp", "data.train=4096", "data.test=16", "data.patches=4"];

    /// <summary>The shapes of patch CNNs.</summary>
    private static readonly string[][] s_cnnShapes =
    [
        ["data.dim=100"], ["model.experts=64"], ["data.dim=200"], ["model.filters=32"], ["data.patches=12"], ["model.experts=64", "training.minibatch=2048", "data.dim=100"],
        ["data.dim=24", "model.filters=16"], ["model.experts=32", "data.dim=100", "model.filters=4"],
    ];

    /// <summary>The shapes of MLPs.</summary>
    private static readonly string[][] s_mlpShapes =
    [
        ["data.dim=196", "model.hidden=512", "training.minibatch=1024"], ["data.dim=196", "model.hidden=128", "training.minibatch=1024"],
        ["data.dim=16", "model.hidden=512", "training.minibatch=1024"], ["data.dim=196", "model.hidden=512", "training.minibatch=1024", "model.experts=32"],
        ["data.dim=64", "model.hidden=256"],
    ];

    private static readonly string[][] s_routerShapes =
    [
        ["data.dim=100"], ["model.experts=16"], ["model.experts=64"], ["model.experts=512"], ["data.dim=200"], ["model.experts=64", "data.dim=200"],
        ["routing.gate=softmax"], ["routing.gate=softmax", "model.experts=64"],
    ];

    private static readonly string[][] s_optimiserShapes = [["model.filters=8"], ["model.filters=256", "data.dim=200"], ["model.filters=512", "data.dim=500"], ["model.filters=512", "data.dim=500", "model.experts=32"]];

    private readonly KernelMeter _meter = new();

    /// <summary>The costs of the experts.</summary>
    public ImmutableArray<ExpertConstants> Experts() => [Cnn(), Mlp()];

    /// <summary>The costs of the router.</summary>
    public RouterConstants Router()
    {
        var (route, gradient) = (new Measurements(), new Measurements());
        foreach (var shape in Passes(s_routerShapes))
        {
            var (step, times) = Measure([.. s_cnn, "model.filters=1", .. shape], StepKernels.Routing, StepKernels.Grouping, StepKernels.RouterGradient);
            var counts = KernelCounts.Router(step, 0);
            route.Add(shape, [counts.ScoreOperations, counts.Noises, counts.Probabilities, counts.Samples, counts.Numbers], times[0] + times[1]);
            gradient.Add(shape, [counts.GradientOperations, counts.Sums], times[2]);
        }

        var (r, g) = (route.Fit(), gradient.Fit());
        return new RouterConstants(r[0], r[1], r[2], r[3], r[4], g[0], g[1]);
    }

    /// <summary>The costs of the optimisers.</summary>
    public OptimiserConstants Optimisers() => new(Rates("gradientDescent"), Rates("adam"));

    private static IEnumerable<string[]> Passes(string[][] shapes) => Enumerable.Repeat(shapes, PassCount).SelectMany(pass => pass);

    private RateBySize Rates(string method) => new(
    [
        .. s_optimiserShapes.Select(shape =>
        {
            var (step, times) = Measure(["data.train=256", "data.test=16", $"training.expert.method={method}", .. shape], StepKernels.OptimiserStep);
            var numbers = (2.0 * step.Parameters) + Optimiser.StateLength(step.Spec.Training.Expert, step.Parameters);
            // The kernel's experts share gradient and state.
            var bytes = sizeof(float) * step.Experts * numbers;
            return new RatePoint(bytes, times[0] / ((double)step.Parameters * step.Experts));
        }).OrderBy(point => point.Bytes),
    ]);

    private ExpertConstants Cnn()
    {
        var measured = new Measurements();
        foreach (var shape in Passes(s_cnnShapes)) Add(measured, [.. s_cnn, .. shape]);
        var costs = measured.Fit();
        var activations = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var activation in Activation.All)
        {
            var (step, times) = Measure([.. s_cnn, "data.dim=100", $"model.activation={activation.Name}"], StepKernels.Experts);
            var counts = Sum(step);
            var rest = (counts.Operations * costs[0]) + (counts.Samples * costs[2]) + (counts.BlockParameters * costs[3]) + (counts.Numbers * costs[4]);
            activations[activation.Name] = Math.Max(0, (times[0] - rest) / counts.Units);
        }

        return new ExpertConstants("cnn", costs[0], costs[2], costs[3], costs[4], activations.ToImmutable());
    }

    private ExpertConstants Mlp()
    {
        var measured = new Measurements();
        foreach (var shape in Passes(s_mlpShapes)) Add(measured, [.. s_mlp, .. shape]);
        var costs = measured.Fit();
        return new ExpertConstants("mlp", costs[0], costs[2], costs[3], costs[4], ImmutableSortedDictionary<string, double>.Empty.Add("relu", costs[1]));
    }

    private void Add(Measurements measured, string[] changes)
    {
        var (step, times) = Measure(changes, StepKernels.Experts);
        var counts = Sum(step);
        measured.Add(changes, [counts.Operations, counts.Units, counts.Samples, counts.BlockParameters, counts.Numbers], times[0]);
    }

    private static ExpertCounts Sum(PlannedStep step) => Enumerable.Range(0, step.Experts).Aggregate(default(ExpertCounts), (sum, m) => sum + KernelCounts.Expert(step, 0, m));

    private (PlannedStep Step, IReadOnlyList<double> Nanoseconds) Measure(string[] changes, params IEnumerable<string> kernels)
    {
        progress($"constants: kernels of {string.Join(", ", changes)}");
        var builder = new SpecificationBuilder();
        foreach (var change in changes) builder.Set(change);
        var spec = builder.Build();
        return (new PlannedStep(spec, new Deployment(1, 1, 1, DispatchMode.Reference), ExpertLoads.Of(spec.Model.Experts, 1)), _meter.Measure(spec, kernels));
    }

    /// <summary>Counts and times of shapes. Each shape is measured several times, at different moments, and its shortest time counts.</summary>
    private sealed class Measurements
    {
        private readonly Dictionary<string, (double[] Counts, double Time)> _shapes = [];

        public void Add(string[] shape, double[] counts, double time)
        {
            var name = string.Join(' ', shape);
            _shapes[name] = (counts, _shapes.TryGetValue(name, out var before) ? Math.Min(before.Time, time) : time);
        }

        public double[] Fit() => LeastSquares.Fit([.. _shapes.Values.Select(shape => shape.Counts)], [.. _shapes.Values.Select(shape => shape.Time)]);
    }
}
