using CsCheck;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts;

/// <summary>An MLP's shape, weights and dispatched samples.</summary>
internal sealed class MlpCase
{
    // Every shape that takes another way through the tiles: inputs that fill tiles of eight or do not, in one block or several;
    // one, part of one and several panels of hidden units; outputs of part of a vector, one and more; no sample to several chunks.
    public static readonly Gen<MlpCase> Any = Gen.Select(
        Gen.Frequency((6, Gen.OneOf(1, 7, 8, 33, 200)), (1, Gen.OneOf(300, 784))),
        Gen.Frequency((6, Gen.OneOf(1, 8, 17, 32, 33)), (1, Gen.OneOf(100, 512))),
        Gen.OneOf(Gen.Const((1, LossKind.Logistic)), Gen.Const((2, LossKind.CrossEntropy)), Gen.Const((10, LossKind.CrossEntropy)), Gen.Const((2, LossKind.SoftmaxCrossEntropy)), Gen.Const((17, LossKind.SoftmaxCrossEntropy))),
        Gen.OneOf(Gen.Const(1), Gen.Int[0, 40], Gen.Int[250, 300]),
        Gen.Int,
        (inputs, hidden, output, count, seed) => new MlpCase(new MlpShape(inputs, hidden, output.Item1, output.Item2), inputs * hidden > 20_000 ? count % 20 : count, seed));

    public MlpCase(MlpShape shape, int count, int seed)
    {
        Shape = shape;
        var random = new Random(seed);
        var layout = shape.Parameters();
        Weights = new float[layout.Length];
        StartGradient = new float[layout.Length];
        foreach (var tensor in layout.Tensors)
        {
            // Sometimes all zero: pre-activations at the kink, equal outputs.
            var scale = random.Next(8) == 0 ? 0 : 2 / Math.Sqrt(tensor.FanIn);
            tensor.Import<float>(Draw(random, tensor.ElementCount, scale), Weights);
            tensor.Import<float>(Draw(random, tensor.ElementCount, 1), StartGradient);
        }

        // Each index may come never, once or again, in any order: positions of a shuffled minibatch.
        var set = count + 3;
        Inputs = Draw(random, set * shape.Inputs, 2);
        Labels = [.. Enumerable.Range(0, set).Select(_ => random.Next(Math.Max(2, shape.Outputs)))];
        Indexes = [.. Enumerable.Range(0, count).Select(_ => random.Next(set))];
        Gates = Draw(random, count, random.Next(2) == 0 ? 1 : 20);
    }

    public MlpShape Shape { get; }

    public float[] Weights { get; }

    public float[] StartGradient { get; }

    public float[] Inputs { get; }

    public int[] Labels { get; }

    public int[] Indexes { get; }

    public float[] Gates { get; }

    public LeafSamples<float> Samples => SamplesOf(0..Indexes.Length);

    public LeafSamples<float> SamplesOf(Range range) => new(Inputs, Labels, Indexes.AsSpan(range), Gates.AsSpan(range));

    public override string ToString() => $"{Shape}, {Indexes.Length} samples";

    private static float[] Draw(Random random, int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)(scale * ((2 * random.NextDouble()) - 1)))];
}
