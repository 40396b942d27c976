using CsCheck;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts;

/// <summary>An expert with explicit vectors, its reference, weights and dispatched samples, of any usable shape of a kind.</summary>
internal sealed class ExpertCase
{
    private static readonly Gen<(int Outputs, LossKind Loss)> _outputs = Gen.OneOf(
        (1, LossKind.Logistic), (2, LossKind.CrossEntropy), (2, LossKind.SoftmaxCrossEntropy), (3, LossKind.SoftmaxCrossEntropy),
        (10, LossKind.CrossEntropy), (10, LossKind.SoftmaxCrossEntropy), (17, LossKind.CrossEntropy), (17, LossKind.SoftmaxCrossEntropy));

    // Every shape that takes another path through the tiles: whole, partial and several vectors of filters, classes that
    // share a vector or span several, patches that fill tiles of sixteen rows or do not.
    private static readonly Gen<ExpertCase> _cnn = Gen.Select(
        Gen.Int[0, Activation.All.Count - 1].Select(i => Activation.All[i]),
        _outputs,
        Gen.Frequency((10, Gen.OneOf(1, 7, 33, 50)), (1, Gen.Const(784))),
        Gen.OneOf(1, 2, 3, 4, 5, 8),
        Gen.OneOf(1, 3, 8, 17),
        Gen.Bool,
        Gen.Int[0, 40],
        Gen.Int,
        (activation, output, dim, patches, filters, bias, count, seed) =>
            Of(new PatchCnnShape(dim, patches, filters, output.Outputs, bias, activation, output.Loss), dim == 784 ? count % 12 : count, seed));

    // Inputs that fill tiles of eight or do not, in one block or several; one, part of one and several panels of hidden units;
    // outputs of part of a vector, one and more; no sample to several chunks.
    private static readonly Gen<ExpertCase> _mlp = Gen.Select(
        Gen.Frequency((6, Gen.OneOf(1, 7, 8, 33, 200)), (1, Gen.OneOf(300, 784))),
        Gen.Frequency((6, Gen.OneOf(1, 8, 17, 32, 33)), (1, Gen.OneOf(100, 512))),
        _outputs,
        Gen.OneOf(Gen.Const(1), Gen.Int[0, 40], Gen.Int[250, 300]),
        Gen.Int,
        (inputs, hidden, output, count, seed) =>
            Of(new MlpShape(inputs, hidden, output.Outputs, output.Loss), inputs * hidden > 20_000 ? count % 20 : count, seed));

    private readonly string _shape;

    private ExpertCase(Func<IExpert<float>> fast, Func<IExpert<float>> reference, int inputs, string shape, int count, int seed)
    {
        (Fast, Reference, SampleLength, _shape) = (fast, reference, inputs, shape);
        var random = new Random(seed);
        var expert = reference();
        Outputs = expert.Outputs;
        Weights = new float[expert.Parameters.Length];
        StartGradient = new float[expert.Parameters.Length];
        foreach (var tensor in expert.Parameters.Tensors)
        {
            // Sometimes all zero: pre-activations at the kink, equal outputs.
            var scale = random.Next(8) == 0 ? 0 : 2 / Math.Sqrt(tensor.FanIn);
            tensor.Import<float>(Draw(random, tensor.ElementCount, scale), Weights);
            tensor.Import<float>(Draw(random, tensor.ElementCount, 1), StartGradient);
        }

        // Each index may come never, once or again, in any order: positions of a shuffled minibatch.
        var set = count + 3;
        Inputs = Draw(random, set * inputs, 2);
        Labels = [.. Enumerable.Range(0, set).Select(_ => random.Next(Math.Max(2, Outputs)))];
        Indexes = [.. Enumerable.Range(0, count).Select(_ => random.Next(set))];
        Gates = Draw(random, count, random.Next(2) == 0 ? 1 : 20);
    }

    /// <summary>Makes the expert with explicit vectors.</summary>
    public Func<IExpert<float>> Fast { get; }

    /// <summary>Makes the expert whose bits it must have.</summary>
    public Func<IExpert<float>> Reference { get; }

    public int SampleLength { get; }

    public int Outputs { get; }

    public float[] Weights { get; }

    public float[] StartGradient { get; }

    public float[] Inputs { get; }

    public int[] Labels { get; }

    public int[] Indexes { get; }

    public float[] Gates { get; }

    public BlockSamples<float> Samples => SamplesOf(0..Indexes.Length);

    public static Gen<ExpertCase> Any(string kind) => kind == "mlp" ? _mlp : _cnn;

    public BlockSamples<float> SamplesOf(Range range) => new(Inputs, Labels, Indexes.AsSpan(range), Gates.AsSpan(range));

    public override string ToString() => $"{_shape}, {Indexes.Length} samples";

    private static ExpertCase Of(PatchCnnShape shape, int count, int seed) =>
        new(() => new PatchCnnKernel(shape), () => new PatchCnnReference<float>(shape), shape.Patches * shape.Dim, shape.ToString(), count, seed);

    private static ExpertCase Of(MlpShape shape, int count, int seed) =>
        new(() => new MlpKernel(shape), () => new MlpReference<float>(shape), shape.Inputs, shape.ToString(), count, seed);

    private static float[] Draw(Random random, int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)(scale * ((2 * random.NextDouble()) - 1)))];
}
