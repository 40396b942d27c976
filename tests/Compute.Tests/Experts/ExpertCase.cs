using CsCheck;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts;

/// <summary>An expert's shape, weights and dispatched samples, of any usable kind.</summary>
internal sealed class ExpertCase
{
    // Every shape that takes another path through the tiles: whole, partial and several vectors of filters, classes that
    // share a vector or span several, patches that fill tiles of sixteen rows or do not.
    public static readonly Gen<ExpertCase> Any = Gen.Select(
        Gen.Enum<Activation>(),
        Gen.OneOf(Gen.Const((1, LossKind.Logistic)), Gen.Const((2, LossKind.SoftmaxCrossEntropy)), Gen.Const((3, LossKind.SoftmaxCrossEntropy)), Gen.Const((2, LossKind.CrossEntropy))),
        Gen.Frequency((10, Gen.OneOf(1, 7, 33, 50)), (1, Gen.Const(784))),
        Gen.OneOf(1, 2, 3, 4, 5, 8),
        Gen.OneOf(1, 3, 8, 17),
        Gen.Bool,
        Gen.Int[0, 40],
        Gen.Int,
        (activation, output, dim, patches, filters, bias, count, seed) =>
            new ExpertCase(new PatchCnnShape(dim, patches, filters, output.Item1, bias, activation, output.Item2), dim == 784 ? count % 12 : count, seed));

    public ExpertCase(PatchCnnShape shape, int count, int seed)
    {
        Shape = shape;
        var random = new Random(seed);
        var layout = shape.Parameters();
        Weights = new float[layout.Length];
        StartGradient = new float[layout.Length];
        foreach (var tensor in layout.Tensors)
        {
            // Sometimes all zero: pre-activations at the kink, equal outputs.
            var scale = random.Next(8) == 0 ? 0 : 2 / Math.Sqrt(shape.Dim);
            tensor.Import<float>(Draw(random, tensor.ElementCount, scale), Weights);
            tensor.Import<float>(Draw(random, tensor.ElementCount, 1), StartGradient);
        }

        // Each index may come never, once or again, in any order: positions of a shuffled minibatch.
        var set = count + 3;
        Inputs = Draw(random, set * shape.Patches * shape.Dim, 2);
        Labels = [.. Enumerable.Range(0, set).Select(_ => random.Next(Math.Max(2, shape.Outputs)))];
        Indexes = [.. Enumerable.Range(0, count).Select(_ => random.Next(set))];
        Gates = Draw(random, count, random.Next(2) == 0 ? 1 : 20);
    }

    public PatchCnnShape Shape { get; }

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
