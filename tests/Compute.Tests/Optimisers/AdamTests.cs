using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Optimisers;

/// <summary>Adam by its formula; PyTorch's own is in the replay folders single-linear and single-cubic.</summary>
public sealed class AdamTests
{
    private static readonly OptimiserSpec Spec = new() { Method = OptimiserMethod.Adam, Rate = 0.1, WeightDecay = 0.01 };
    private static readonly ParameterLayout Layout = new([new TensorLayout("w", 0, 1, 3, 3, [3])]);

    [Fact]
    public void Steps_follow_the_formula()
    {
        double[] weights = [1, -2, 0.5], state = new double[Optimiser.StateLength(Spec, 3)];
        double[] expected = [1, -2, 0.5], m = new double[3], v = new double[3];
        for (var t = 1; t <= 50; t++)
        {
            double[] gradient = [8 * Math.Sin(t), 4.0 / t, -1];
            for (var i = 0; i < 3; i++)
            {
                var g = (gradient[i] / 4) + (0.01 * expected[i]);
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                expected[i] -= 0.1 * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }

            Optimiser.Apply<double>(Spec, Layout, 4, t - 1, gradient, weights, state);
            for (var i = 0; i < 3; i++) weights[i].ShouldBe(expected[i], 1e-12);
        }
    }

    // PyTorch's AdamW: the weight shrinks by rate * decay, which the moments do not see.
    [Fact]
    public void Decoupled_decay_shrinks_the_weights_apart_from_the_moments()
    {
        var spec = Spec with { Method = OptimiserMethod.AdamW };
        double[] weights = [1, -2, 0.5], state = new double[Optimiser.StateLength(spec, 3)];
        double[] expected = [1, -2, 0.5], m = new double[3], v = new double[3];
        for (var t = 1; t <= 50; t++)
        {
            double[] gradient = [8 * Math.Sin(t), 4.0 / t, -1];
            for (var i = 0; i < 3; i++)
            {
                var g = gradient[i] / 4;
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                expected[i] *= 1 - (0.1 * 0.01);
                expected[i] -= 0.1 * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }

            Optimiser.Apply<double>(spec, Layout, 4, t - 1, gradient, weights, state);
            for (var i = 0; i < 3; i++) weights[i].ShouldBe(expected[i], 1e-12);
        }
    }

    [Theory]
    [InlineData(OptimiserMethod.Adam)]
    [InlineData(OptimiserMethod.AdamW)]
    public void Vectors_have_the_bits_of_the_scalar_reference(OptimiserMethod method)
    {
        foreach (var epsilon in (double[])[1e-8, 0])
        {
            var spec = Spec with { Method = method, Epsilon = epsilon, Rate = 0.003 };
            for (var length = 1; length < 70; length++)
            {
                var random = new Random(length);
                var layout = new ParameterLayout([new TensorLayout("w", 0, 1, length, length, [length])]);
                float[] weights = Draw(), moments = new float[2 * length], expected = [.. weights], first = new float[length], second = new float[length];
                for (var step = 1; step <= 3; step++)
                {
                    var gradient = Draw();
                    // Padding and idle experts have no gradient, and without decay no denominator.
                    gradient[0] = 0;
                    float[] mean = [.. gradient.Select(g => g * (float)(1 / 7.0))];
                    AdamReference.Update(AdamCoefficients<float>.Of(spec, step), mean, expected, first, second);
                    Adam.Apply<float>(spec, layout, 7, step, gradient, weights, moments);
                    weights.ShouldHaveTheBitsOf<float>(expected, "weights");
                    moments.ShouldHaveTheBitsOf<float>([.. first, .. second], "moments");
                }

                float[] Draw() => [.. Enumerable.Range(0, length).Select(i => i == 0 ? 0 : (random.NextSingle() * 2) - 1)];
            }
        }
    }

    [Fact]
    public void The_first_step_is_the_rate_whatever_the_gradients_size()
    {
        double[] weights = [0, 0, 0], state = new double[6];
        Optimiser.Apply<double>(Spec with { WeightDecay = 0 }, Layout, 1, 0, [1000, -0.001, 0], weights, state);
        weights[0].ShouldBe(-0.1, 1e-6);
        weights[1].ShouldBe(0.1, 1e-5);
        weights[2].ShouldBe(0);
    }

    [Fact]
    public void Without_an_epsilon_a_weight_without_a_gradient_stays()
    {
        float[] weights = [1, 2, 3], state = new float[6];
        Optimiser.Apply<float>(Spec with { Epsilon = 0, WeightDecay = 0 }, Layout, 1, 0, [0, 0, 5], weights, state);
        weights[..2].ShouldBe([1, 2]);
        weights[2].ShouldBe(2.9f, 1e-5f);
    }
}
