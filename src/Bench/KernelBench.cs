using System.Diagnostics;
using System.Globalization;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Bench;

/// <summary>Each kernel of a step on one thread, between measurements of the peak.</summary>
internal static class KernelBench
{
    private const int PeakIterations = 400_000;
    private const int WarmUp = 20;
    private const int Repetitions = 3;

    /// <summary>Elements that are added for a measurement, about: 1,000 times the gradient of an expert of setting 1.</summary>
    private const int Added = 816_000;

    /// <summary>Minibatches that the experts' kernel takes in turn, so that it finds no minibatch's samples in a cache.</summary>
    private const int Minibatches = 8;

    /// <summary>Measures.</summary>
    /// <param name="experts">Numbers of experts.</param>
    /// <param name="specs">The specification for a number of experts.</param>
    /// <param name="data">Their samples.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="progress">Told what comes.</param>
    public static IReadOnlyList<KernelRow> Measure(IReadOnlyList<int> experts, Func<int, RunSpec> specs, Dataset<float> data, int rounds, Action<string> progress)
    {
        using var wire = new WireRoundTrip(new float[ExpertKinds.Parameters(specs(experts[0]).Model, data.Train.Dim, data.Train.Patches).Length]);
        var kernels = experts.SelectMany(count => Kernels(specs(count), data, wire)).ToArray();
        progress($"kernels: {rounds} rounds of {kernels.Length} kernels");
        var times = kernels.Select(_ => new List<double>()).ToArray();
        var shares = kernels.Select(_ => new List<double>()).ToArray();
        // The first rounds are for the compiler.
        for (var round = -WarmUp; round < rounds; round++)
        {
            for (var k = 0; k < kernels.Length; k++)
            {
                var peak = PeakMeter.Gflops(PeakIterations);
                // Once more before it counts: in a run a step follows a step, and the caches hold what they can hold.
                kernels[k].Work();
                for (var repetition = 0; repetition < Repetitions; repetition++)
                {
                    var start = Stopwatch.GetTimestamp();
                    kernels[k].Work();
                    var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    if (round < 0) continue;
                    times[k].Add(milliseconds);
                    shares[k].Add(kernels[k].Operations / milliseconds / 1e6 / peak);
                }
            }
        }

        return [.. kernels.Select((kernel, k) =>
        {
            var spread = Spread.Of(times[k]);
            return new KernelRow(
                kernel.Name, kernel.Experts, spread,
                kernel.Operations > 0 ? kernel.Operations / spread.Median / 1e6 : null,
                kernel.Operations > 0 ? Spread.Of(shares[k]) : null,
                kernel.Bytes > 0 ? kernel.Bytes / spread.Median / 1e6 : null);
        })];
    }

    private static IEnumerable<Kernel> Kernels(RunSpec spec, Dataset<float> data, WireRoundTrip wire)
    {
        var (train, experts, block) = (data.Train, spec.Model.Experts, spec.Training.Block);
        var order = new MinibatchOrder(spec.Training, train.Count);
        var count = order.Size(0);
        var range = new BlockRange(0, ShardCut.Blocks(count, block));
        var root = new TreeNode(ReductionTree.RootLevel(range.Count), 0);
        var weights = InitialWeights.Draw<float>(spec, train.Dim, train.Patches);
        var scores = new RouterScores<float>(weights.Router, experts);
        var noise = new RouterNoise<float>(spec.Routing, spec.Training.Seed);
        var routed = new RoutedSamples<float>(spec.Routing, count, experts);
        var top = new NoisyTopOne<float>(spec.Routing, scores, noise);
        void Route() => top.Route(RoutePurpose.Train, 0, train.PatchSums, routed, 0, routed.Count);
        var steps = new List<ExpertDispatch<float>[]>();
        for (var step = Math.Min(Minibatches, train.Count / count) - 1; step >= 0; step--)
        {
            order.Fill(step, 0, routed.Indexes);
            Route();
            steps.Add(DispatchGrouping.Group(routed, range, block));
        }

        var next = 0;
        var buffers = new DispatchBuffers<float>(routed.Count, experts, range.Count);
        var expert = ExpertKinds.Create<float>(spec.Model, train.Dim, train.Patches);
        var (gradient, gateGradients, outcomes) = (new float[expert.Parameters.Length], new float[routed.Count], new LeafOutcome[range.Count]);
        var layout = RouterGradientLayout.Of(spec, train.Dim);
        var sums = new float[layout.Length];
        var scratch = new float[ReductionTree.ScratchLength<float>(root, Math.Max(gradient.Length, sums.Length))];
        var state = new float[Optimiser.StateLength(spec.Training.Expert, gradient.Length)];
        var (left, right) = (new float[gradient.Length], new float[gradient.Length]);
        var groupScores = new float[RouterScores<float>.Group * scores.Stride];
        var (argmax, gate) = (new float[RouterScores<float>.Group * experts], new float[RouterScores<float>.Group * experts]);
        var additions = Math.Max(1, Added / left.Length);
        var samples = (double)count;
        var perSample = ExpertKinds.Of(spec.Model).OperationsPerSample(spec.Model, train.Dim, train.Patches);

        yield return new("expert forward, loss, backward", experts, samples * perSample, 0, () =>
        {
            var dispatches = steps[next++ % steps.Count];
            for (var m = 0; m < experts; m++)
            {
                var (dispatch, result) = (dispatches[m], gradient);
                var leaf = new ExpertLeaf<float>(
                    expert, weights.Experts[m], train.Inputs.Span, train.Labels, 0, dispatch.BlockStarts.Span, dispatch.Indexes.Span, dispatch.Gates.Span,
                    gateGradients.AsSpan(0, dispatch.Count), outcomes);
                ReductionTree.Evaluate(root, range.Count, ref leaf, result, scratch);
            }
        });
        yield return new("routing: scores, noise, argmax, gate", experts, samples * 2 * train.Dim * experts, 0, Route);
        yield return new("router scores alone", experts, samples * 2 * train.Dim * experts, 0, () =>
        {
            for (var i = 0; i + RouterScores<float>.Group <= routed.Count; i += RouterScores<float>.Group)
                scores.Score(train.PatchSums, routed.Indexes.AsSpan(i, RouterScores<float>.Group), groupScores);
        });
        yield return new("router noise alone", experts, 0, samples * experts * sizeof(float), () =>
        {
            for (var i = 0; i + RouterScores<float>.Group <= routed.Count; i += RouterScores<float>.Group)
                noise.DrawGroup(RoutePurpose.Train, 0, routed.Indexes.AsSpan(i, RouterScores<float>.Group), argmax, gate);
        });
        yield return new("grouping by expert", experts, 0, samples * 6 * sizeof(int), () => DispatchGrouping.Group(routed, range, block, buffers));
        yield return new("router gradient", experts, samples * 2 * train.Dim, 0, () =>
        {
            var leaf = new RouterLeaf<float>(layout, routed, gateGradients, train.PatchSums, range, block);
            ReductionTree.Evaluate(root, range.Count, ref leaf, sums, scratch);
        });
        yield return new("optimiser", experts, 0, (double)experts * 3 * gradient.Length * sizeof(float), () =>
        {
            for (var m = 0; m < experts; m++) Optimiser.Apply<float>(spec.Training.Expert, expert.Parameters, count, 0, gradient, weights.Experts[m], state);
        });
        yield return new($"addition of two tree nodes, {additions.ToString("N0", CultureInfo.InvariantCulture)} times", experts, 0, (double)additions * 3 * left.Length * sizeof(float), () =>
        {
            for (var i = 0; i < additions; i++) ReductionTree.Add<float>(left, right);
        });
        // Within a silo nothing is written: it is what a step between silos adds.
        yield return new("wire codec: gradients written and read", experts, 0, (double)experts * 2 * gradient.Length * sizeof(float), () =>
        {
            for (var m = 0; m < experts; m++) wire.Do();
        });
    }

    private sealed record Kernel(string Name, int Experts, double Operations, double Bytes, Action Work);
}
