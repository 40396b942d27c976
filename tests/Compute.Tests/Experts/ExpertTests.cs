using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CsCheck;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts;

/// <summary>An expert with explicit vectors has the bits of its scalar reference, whatever its kind and shape.</summary>
public sealed class ExpertTests
{
    public static TheoryData<string> Kinds => ["cnn", "mlp"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_losses_and_hits_have_the_bits_of_the_reference(string kind) => ExpertCase.Any(kind).Sample(
        c =>
        {
            var (gradient, gates, outcome) = Accumulate(c.Fast(), c);
            var (expectedGradient, expectedGates, expectedOutcome) = Accumulate(c.Reference(), c);
            gradient.ShouldHaveTheBitsOf<float>(expectedGradient, $"gradient of {c}");
            gates.ShouldHaveTheBitsOf<float>(expectedGates, $"gate gradients of {c}");
            outcome.Loss.ShouldHaveTheBitsOf(expectedOutcome.Loss, $"loss of {c}");
            outcome.Hits.ShouldBe(expectedOutcome.Hits, c.ToString());
        },
        iter: 500, threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Predictions_and_outputs_have_the_bits_of_the_reference(string kind) => ExpertCase.Any(kind).Sample(
        c =>
        {
            var (fast, reference) = (c.Fast(), c.Reference());
            int[] predictions = new int[c.Indexes.Length], expected = new int[c.Indexes.Length];
            fast.Predict(c.Weights, c.Samples, predictions);
            reference.Predict(c.Weights, c.Samples, expected);
            predictions.ShouldBe(expected, c.ToString());

            float[] outputs = new float[c.Outputs], expectedOutputs = new float[c.Outputs];
            var sample = c.Inputs.AsSpan(0, c.SampleLength);
            fast.Forward(c.Weights, sample, outputs);
            reference.Forward(c.Weights, sample, expectedOutputs);
            outputs.ShouldHaveTheBitsOf<float>(expectedOutputs, $"outputs of {c}");

            var loss = c.Outputs == 1 ? LossKind.Logistic : LossKind.CrossEntropy;
            double[] losses = new double[c.Indexes.Length], expectedLosses = new double[c.Indexes.Length];
            var hits = SampleLosses.Of(fast, c.Weights, loss, c.SampleLength, c.Samples, losses);
            SampleLosses.Of(reference, c.Weights, loss, c.SampleLength, c.Samples, expectedLosses).ShouldBe(hits);
            hits.ShouldBe(c.Indexes.Zip(predictions).Count(pair => c.Labels[pair.First] == pair.Second), c.ToString());
            losses.ShouldBe(expectedLosses, c.ToString());
        },
        iter: 300, threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Hits_are_the_predictions_that_are_the_labels(string kind) => ExpertCase.Any(kind).Sample(
        c =>
        {
            var expert = c.Fast();
            var predictions = new int[c.Indexes.Length];
            expert.Predict(c.Weights, c.Samples, predictions);
            Accumulate(expert, c).Outcome.Hits.ShouldBe(c.Indexes.Zip(predictions).Count(pair => c.Labels[pair.First] == pair.Second), c.ToString());
        },
        iter: 200, threads: 1);

    // One expert's scratch holds other samples before, and groups, chunks and tiles are cut elsewhere.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Samples_may_come_in_any_number_of_calls(string kind) => ExpertCase.Any(kind).Sample(
        c =>
        {
            var expert = c.Fast();
            var (expectedGradient, expectedGates, outcome) = Accumulate(expert, c);
            var gradient = c.StartGradient.ToArray();
            var gates = new float[c.Gates.Length];
            var cut = c.Indexes.Length / 3;
            var first = expert.Accumulate(c.Weights, c.SamplesOf(0..cut), gradient, gates.AsSpan(0, cut));
            var second = expert.Accumulate(c.Weights, c.SamplesOf(cut..c.Indexes.Length), gradient, gates.AsSpan(cut));
            gradient.ShouldHaveTheBitsOf<float>(expectedGradient, $"gradient of {c}");
            gates.ShouldHaveTheBitsOf<float>(expectedGates, $"gate gradients of {c}");
            (first.Hits + second.Hits).ShouldBe(outcome.Hits);
        },
        iter: 200, threads: 1);

    // Samples of several leaves may be computed together; a leaf may be empty, and the last ones may be another thread's.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Leaves_have_the_bits_of_the_reference_wherever_samples_are_cut(string kind) => Gen.Select(ExpertCase.Any(kind), Gen.Int[0, 40].Array[1, 12]).Sample(
        (c, cuts) =>
        {
            int[] starts = [0, .. cuts.Select(cut => Math.Min(cut, c.Indexes.Length)).Order(), c.Indexes.Length];
            var asked = starts.Length - 1 - (cuts[0] % 2);
            // What the gradient held before does not matter.
            Leaves(c.Fast(), c, starts, asked, float.NaN).ShouldBe(Leaves(c.Reference(), c, starts, asked, 0), c.ToString());
        },
        iter: 300, threads: 1);

    // A kernel may sum all blocks below a node at once; a block may be empty, and a node may reach beyond the range.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Subtrees_have_the_bits_of_the_reference(string kind) => Gen.Select(ExpertCase.Any(kind), Gen.Int[0, 40].Array[1, 12], Gen.Int[0, 3]).Sample(
        (c, cuts, level) =>
        {
            int[] starts = [0, .. cuts.Select(cut => Math.Min(cut, c.Indexes.Length)).Order(), c.Indexes.Length];
            Subtrees(c.Fast(), c, starts, level, float.NaN).ShouldBe(Subtrees(c.Reference(), c, starts, level, 0), c.ToString());
        },
        iter: 300, threads: 1);

    [Fact]
    public void An_MLP_sums_few_samples_of_many_blocks_at_once()
    {
        var expert = new MlpKernel(new MlpShape(784, 128, 10, LossKind.CrossEntropy));
        int[] starts = [0, 8, 20, 20, 64];
        var leaf = new ExpertBlock<float>(expert, [], default, 4, starts, [], []);
        leaf.Fills(new TreeNode(2, 1)).ShouldBeTrue();
        starts[^1] = 20 + expert.SubtreeSamples;
        leaf.Fills(new TreeNode(2, 1)).ShouldBeFalse();
    }

    // The nodes of a level over blocks 8 and following, as text that tells their bits.
    private static List<string> Subtrees(IExpert<float> expert, ExpertCase c, int[] starts, int level, float before)
    {
        const int FirstBlock = 8;
        var (gates, outcomes, bits) = (new float[c.Gates.Length], new BlockResult[starts.Length - 1], new List<string>());
        var leaf = new ExpertBlock<float>(expert, c.Weights, c.Samples, FirstBlock, starts, gates, outcomes);
        for (var node = new TreeNode(level, FirstBlock >> level); node.Start < FirstBlock + outcomes.Length; node = node with { Index = node.Index + 1 })
        {
            var gradient = Enumerable.Repeat(before, c.Weights.Length).ToArray();
            var scratch = Enumerable.Repeat(before, ReductionTree.ScratchLength<float>(node, gradient.Length)).ToArray();
            var present = ReductionTree.Evaluate(node, FirstBlock + outcomes.Length, ref leaf, gradient, scratch);
            bits.Add($"{node}: {(present ? Hash(gradient) : "absent")}");
        }

        bits.Add($"gate gradients: {Hash(gates)}");
        bits.AddRange(outcomes.Select(outcome => $"{BitConverter.DoubleToInt64Bits(outcome.Loss)} {outcome.Hits}"));
        return bits;
    }

    // Two passes over some leaves, as text that tells their bits: the second with other weights in the same array.
    private static List<string> Leaves(IExpert<float> expert, ExpertCase c, int[] starts, int asked, float before)
    {
        var weights = c.Weights.ToArray();
        var bits = new List<string>();
        for (var pass = 0; pass < 2; pass++)
        {
            var (gradient, gates, outcomes) = (new float[weights.Length], new float[c.Gates.Length], new BlockResult[starts.Length - 1]);
            var leaf = new ExpertBlock<float>(expert, weights, new(c.Inputs, c.Labels, c.Indexes, c.Gates.AsSpan(0, starts[asked])), 3, starts, gates.AsSpan(0, starts[asked]), outcomes);
            for (var b = 0; b < asked; b++)
            {
                gradient.AsSpan().Fill(before);
                if (!leaf.TryFill(new TreeNode(0, 3 + b), gradient)) continue;
                leaf.ToParameterOrder(gradient);
                bits.Add($"gradient of leaf {b}: {Hash(gradient)}");
            }

            bits.Add($"gate gradients: {Hash(gates)}");
            bits.AddRange(outcomes.Select(outcome => $"{BitConverter.DoubleToInt64Bits(outcome.Loss)} {outcome.Hits}"));
            for (var i = 0; i < weights.Length; i++) weights[i] *= 0.5f;
        }

        return bits;
    }

    private static string Hash(float[] values) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));

    private static (float[] Gradient, float[] Gates, BlockResult Outcome) Accumulate(IExpert<float> expert, ExpertCase c)
    {
        var gradient = c.StartGradient.ToArray();
        var gates = Enumerable.Repeat(float.NaN, c.Gates.Length).ToArray();
        return (gradient, gates, expert.Accumulate(c.Weights, c.Samples, gradient, gates));
    }
}
