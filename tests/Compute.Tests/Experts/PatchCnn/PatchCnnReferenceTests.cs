using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts.PatchCnn;

public sealed class PatchCnnReferenceTests
{
    private const int Samples = 5;

    public static TheoryData<string, int, LossKind, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, int, LossKind, bool>();
            foreach (var activation in Activation.All.Select(activation => activation.Name))
            {
                kinds.Add(activation, 1, LossKind.Logistic, false);
                kinds.Add(activation, 1, LossKind.Logistic, true);
                kinds.Add(activation, 2, LossKind.SoftmaxCrossEntropy, true);
                kinds.Add(activation, 3, LossKind.SoftmaxCrossEntropy, false);
                kinds.Add(activation, 2, LossKind.CrossEntropy, true);
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_are_the_sums_of_the_papers_formula(string activation, int outputs, LossKind loss, bool bias)
    {
        var c = new Differentiable(new PatchCnnShape(5, 3, 2, outputs, bias, Activation.Find(activation)!, loss), 1);
        var actual = new double[outputs];
        c.Expert.Forward(c.Weights, c.Inputs.AsSpan(0, 15), actual);
        for (var o = 0; o < outputs; o++)
        {
            var expected = 0.0;
            for (var j = o * 2; j < (o + 1) * 2; j++)
            {
                for (var p = 0; p < 3; p++) expected += Sigma(activation, c.PreActivation(0, p, j));
            }

            actual[o].ShouldBe(expected, 1e-14 * (1 + Math.Abs(expected)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_finite_differences(string activation, int outputs, LossKind loss, bool bias)
    {
        var c = new Differentiable(new PatchCnnShape(5, 3, 2, outputs, bias, Activation.Find(activation)!, loss), 7);
        var moved = FiniteDifferences.Check(c.Expert, c.Weights, c.Inputs, c.Labels, c.Gates);
        foreach (var (tensor, count) in c.Expert.Parameters.Tensors.Zip(moved)) count.ShouldBeGreaterThan(tensor.ElementCount / 3, tensor.Name);
    }

    [Fact]
    public void Floats_give_the_doubles_up_to_rounding()
    {
        foreach (var activation in Activation.All)
        {
            var shape = new PatchCnnShape(5, 3, 2, 2, true, activation, LossKind.SoftmaxCrossEntropy);
            var c = new Differentiable(shape, 3);
            var (gradient, floats) = (new double[c.Weights.Length], new float[c.Weights.Length]);
            var loss = c.Loss(gradient, new double[Samples]);
            var samples = new BlockSamples<float>(Floats(c.Inputs), c.Labels, [0, 1, 2, 3, 4], Floats(c.Gates));
            new PatchCnnReference<float>(shape).Accumulate(Floats(c.Weights), samples, floats, new float[Samples]).Loss.ShouldBe(loss, 1e-5);
            for (var i = 0; i < floats.Length; i++) ((double)floats[i]).ShouldBe(gradient[i], 1e-5 * (1 + Math.Abs(gradient[i])), activation.Name);
        }

        static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];
    }

    private static double Sigma(string activation, double z) => activation switch
    {
        "linear" => z,
        "cubic" => z * z * z,
        "relu" => Math.Max(z, 0),
        "celu" => z > 0 ? z : Math.Exp(z) - 1,
        "tanh" => Math.Tanh(z),
        "gelu" => z * Phi(z),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    // Simpson's rule, good to 1e-14 here.
    private static double Phi(double z)
    {
        const int Intervals = 2000;
        var (h, sum) = (z / Intervals, 0.0);
        for (var i = 0; i <= Intervals; i++) sum += (i is 0 or Intervals ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-i * h * (i * h) / 2);
        return 0.5 + (sum * h / 3 / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>Five samples whose pre-activations stay away from the kinks of relu and celu.</summary>
    private sealed class Differentiable
    {
        public Differentiable(PatchCnnShape shape, int seed)
        {
            Shape = shape;
            Expert = new PatchCnnReference<double>(shape);
            for (; ; seed++)
            {
                var random = new Random(seed);
                Weights = new double[Expert.Parameters.Length];
                foreach (var tensor in Expert.Parameters.Tensors) tensor.Import<double>(Draw(tensor.ElementCount, 1), Weights);
                Inputs = Draw(Samples * shape.Patches * shape.Dim, 1);
                Gates = Draw(Samples, 1.5);
                Labels = [.. Enumerable.Range(0, Samples).Select(_ => random.Next(Math.Max(2, shape.Outputs)))];
                var nearest = from s in Enumerable.Range(0, Samples) from p in Enumerable.Range(0, shape.Patches) from j in Enumerable.Range(0, shape.Filters) select Math.Abs(PreActivation(s, p, j));
                if (nearest.Min() > 1e-3) return;

                double[] Draw(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => scale * ((2 * random.NextDouble()) - 1))];
            }
        }

        public PatchCnnShape Shape { get; }

        public PatchCnnReference<double> Expert { get; }

        public double[] Weights { get; }

        public double[] Inputs { get; }

        public double[] Gates { get; }

        public int[] Labels { get; }

        public double Loss(double[] gradient, double[] gateGradients) =>
            Expert.Accumulate(Weights, new BlockSamples<double>(Inputs, Labels, [0, 1, 2, 3, 4], Gates), gradient, gateGradients).Loss;

        public double PreActivation(int sample, int patch, int filter)
        {
            var z = Shape.Bias ? Weights[(Shape.Dim * Shape.Stride) + filter] : 0;
            for (var k = 0; k < Shape.Dim; k++) z += Inputs[(((sample * Shape.Patches) + patch) * Shape.Dim) + k] * Weights[(k * Shape.Stride) + filter];
            return z;
        }
    }
}
