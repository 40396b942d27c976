using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts.Mlp;

public sealed class MlpReferenceTests
{
    private const int Samples = 5;

    public static TheoryData<int, LossKind> Kinds => new()
    {
        { 1, LossKind.Logistic },
        { 2, LossKind.SoftmaxCrossEntropy },
        { 2, LossKind.CrossEntropy },
        { 10, LossKind.CrossEntropy },
        { 3, LossKind.SoftmaxCrossEntropy },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_are_those_of_two_layers(int outputs, LossKind loss)
    {
        var c = new Differentiable(new MlpShape(6, 35, outputs, loss), 1);
        var actual = new double[outputs];
        c.Expert.Forward(c.Weights, c.Inputs.AsSpan(0, 6), actual);
        var (v, bias) = (c.Outside(2), c.Outside(3));
        for (var o = 0; o < outputs; o++)
        {
            var expected = bias[o] + Enumerable.Range(0, 35).Sum(j => v[(o * 35) + j] * Math.Max(0, c.PreActivation(0, j)));
            actual[o].ShouldBe(expected, 1e-14 * (1 + Math.Abs(expected)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_finite_differences(int outputs, LossKind loss)
    {
        var c = new Differentiable(new MlpShape(6, 35, outputs, loss), 7);
        var moved = FiniteDifferences.Check(c.Expert, c.Weights, c.Inputs, c.Labels, c.Gates);
        foreach (var (tensor, count) in c.Expert.Parameters.Tensors.Zip(moved)) count.ShouldBeGreaterThan(tensor.ElementCount / 3, tensor.Name);
    }

    /// <summary>Five samples whose pre-activations stay away from the kink.</summary>
    private sealed class Differentiable
    {
        public Differentiable(MlpShape shape, int seed)
        {
            Expert = new MlpReference<double>(shape);
            for (; ; seed++)
            {
                var random = new Random(seed);
                Weights = new double[Expert.Parameters.Length];
                foreach (var tensor in Expert.Parameters.Tensors) tensor.Import<double>(Draw(tensor.ElementCount), Weights);
                (Inputs, Gates) = (Draw(Samples * shape.Inputs), Draw(Samples));
                Labels = [.. Enumerable.Range(0, Samples).Select(_ => random.Next(Math.Max(2, shape.Outputs)))];
                var nearest = from s in Enumerable.Range(0, Samples) from j in Enumerable.Range(0, shape.Hidden) select Math.Abs(PreActivation(s, j));
                if (nearest.Min() > 1e-3) return;

                double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
            }
        }

        public MlpReference<double> Expert { get; }

        public double[] Weights { get; }

        public double[] Inputs { get; }

        public double[] Gates { get; }

        public int[] Labels { get; }

        public double[] Outside(int tensor)
        {
            var values = new double[Expert.Parameters.Tensors[tensor].ElementCount];
            Expert.Parameters.Tensors[tensor].Export<double>(Weights, values);
            return values;
        }

        public double PreActivation(int sample, int unit)
        {
            var (w, b) = (Outside(0), Outside(1));
            var inputs = w.Length / b.Length;
            return b[unit] + Enumerable.Range(0, inputs).Sum(k => w[(unit * inputs) + k] * Inputs[(sample * inputs) + k]);
        }
    }
}
