using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Optimisers;

public sealed class GradientDescentTests
{
    // Two tensors of norms 5 and 12: sum 17, Frobenius 13.
    private static readonly ParameterLayout Layout = new(
        [new TensorLayout("weight", 0, 1, 2, 2, [2, 1]), new TensorLayout("bias", 2, 1, 1, 1, [1])]);

    [Theory]
    [InlineData(NormKind.Sum, 17, 17)]
    [InlineData(NormKind.Tensor, 5, 12)]
    [InlineData(NormKind.Frobenius, 13, 13)]
    [InlineData(NormKind.None, 8, 8)]
    public void The_gradient_is_divided_by_its_norm_or_the_number_of_samples(NormKind kind, double weightNorm, double biasNorm)
    {
        double[] weights = [1, 2, 3];
        GradientDescent.Apply<double>(new OptimiserSpec { Rate = 0.5, Normalise = kind }, Layout, 8, new double[] { 3, -4, 12 }, weights, []);
        weights[0].ShouldBe(1 - (0.5 * 3 / weightNorm), 1e-15);
        weights[1].ShouldBe(2 + (0.5 * 4 / weightNorm), 1e-15);
        weights[2].ShouldBe(3 - (0.5 * 12 / biasNorm), 1e-15);
    }

    // The mean gradient has norm 13 / 8.
    [Theory]
    [InlineData(1, 13)]
    [InlineData(0.5, 26)]
    [InlineData(1.7, 8)]
    [InlineData(0, 8)]
    public void A_mean_gradient_longer_than_the_limit_is_scaled_to_it(double limit, double divisor)
    {
        double[] weights = [1, 2, 3];
        GradientDescent.Apply<double>(new OptimiserSpec { Rate = 0.5, Clip = limit }, Layout, 8, new double[] { 3, -4, 12 }, weights, []);
        weights[0].ShouldBe(1 - (0.5 * 3 / divisor), 1e-15);
        weights[1].ShouldBe(2 + (0.5 * 4 / divisor), 1e-15);
        weights[2].ShouldBe(3 - (0.5 * 12 / divisor), 1e-15);
    }

    [Fact]
    public void A_gradient_of_zero_is_not_clipped()
    {
        float[] weights = [1, -2, 3];
        GradientDescent.Apply<float>(new OptimiserSpec { Rate = 0.5, Clip = 0.1 }, Layout, 8, new float[3], weights, []);
        weights.ShouldBe([1, -2, 3]);
    }

    [Theory]
    [InlineData(NormKind.Sum)]
    [InlineData(NormKind.Tensor)]
    [InlineData(NormKind.Frobenius)]
    [InlineData(NormKind.None)]
    public void A_gradient_of_norm_zero_leaves_the_weights_as_they_are(NormKind kind)
    {
        float[] weights = [1, -2, 3];
        GradientDescent.Apply<float>(new OptimiserSpec { Rate = 0.5, Normalise = kind }, Layout, 8, new float[3], weights, []);
        weights.ShouldBe([1, -2, 3]);
    }

    [Fact]
    public void A_tensor_of_norm_zero_leaves_the_others_normalised()
    {
        double[] weights = [1, 2, 3];
        GradientDescent.Apply<double>(new OptimiserSpec { Rate = 1, Normalise = NormKind.Tensor }, Layout, 8, new double[] { 0, 0, 12 }, weights, []);
        weights.ShouldBe([1, 2, 2]);
    }

    // The reciprocal of so small a norm is not a float.
    [Theory]
    [InlineData(NormKind.Sum)]
    [InlineData(NormKind.Tensor)]
    [InlineData(NormKind.Frobenius)]
    public void A_gradient_near_zero_moves_the_weights_no_further_than_any_other(NormKind kind)
    {
        float[] weights = [1, -2, 3];
        GradientDescent.Apply<float>(new OptimiserSpec { Rate = 0.5, Normalise = kind }, Layout, 8, new float[] { 1e-42f, 0, 0 }, weights, []);
        weights[0].ShouldBe(0.5f, 0.01f);
        weights[1..].ShouldBe([-2, 3]);
    }

    // v = momentum v + (g / |g| + decay w): decay after the norm, momentum after decay.
    [Fact]
    public void Decay_is_added_to_the_normalised_gradient_and_momentum_takes_both()
    {
        var spec = new OptimiserSpec { Rate = 0.1, Normalise = NormKind.Frobenius, WeightDecay = 0.01, Momentum = 0.9 };
        double[] weights = [1, 2, 3], velocity = [0, 0, 0], expectedWeights = [1, 2, 3], expectedVelocity = [0, 0, 0];
        for (var step = 1; step <= 4; step++)
        {
            double[] gradient = [3 * step, -4, 12];
            var norm = Math.Sqrt((9 * step * step) + 16 + 144);
            for (var i = 0; i < 3; i++)
            {
                expectedVelocity[i] = (0.9 * expectedVelocity[i]) + (gradient[i] / norm) + (0.01 * expectedWeights[i]);
                expectedWeights[i] -= 0.1 * expectedVelocity[i];
            }

            GradientDescent.Apply<double>(spec, Layout, 8, gradient, weights, velocity);
            for (var i = 0; i < 3; i++)
            {
                weights[i].ShouldBe(expectedWeights[i], 1e-14);
                velocity[i].ShouldBe(expectedVelocity[i], 1e-14);
            }
        }
    }

    [Fact]
    public void Without_a_gradient_decay_and_momentum_go_on()
    {
        var spec = new OptimiserSpec { Rate = 0.5, Normalise = NormKind.Sum, WeightDecay = 0.25, Momentum = 0.5 };
        double[] weights = [8, 8, 8], velocity = [4, 0, -4];
        GradientDescent.Apply<double>(spec, Layout, 8, new double[3], weights, velocity);
        velocity.ShouldBe([4, 2, 0]);
        weights.ShouldBe([6, 7, 8]);
    }

    // Elementwise, each of the four operations rounds once: the same bits at any vector width and place.
    [Fact]
    public void Floats_have_the_bits_of_one_fused_operation_each()
    {
        var spec = new OptimiserSpec { Rate = 0.001, Normalise = NormKind.None, WeightDecay = 5e-4, Momentum = 0.9 };
        for (var length = 1; length < 70; length++)
        {
            var random = new Random(length);
            float[] gradient = Draw(), weights = Draw(), velocity = Draw(), expectedWeights = [.. weights], expectedVelocity = [.. velocity];
            for (var i = 0; i < length; i++)
            {
                var g = MathF.FusedMultiplyAdd(weights[i], 5e-4f, gradient[i] * (float)(1 / 7.0));
                expectedVelocity[i] = MathF.FusedMultiplyAdd(velocity[i], 0.9f, g);
                expectedWeights[i] = MathF.FusedMultiplyAdd(expectedVelocity[i], -0.001f, weights[i]);
            }

            GradientDescent.Apply<float>(spec, new ParameterLayout([new TensorLayout("weight", 0, 1, length, length, [length, 1])]), 7, gradient, weights, velocity);
            velocity.ShouldHaveTheBitsOf<float>(expectedVelocity, "velocity");
            weights.ShouldHaveTheBitsOf<float>(expectedWeights, "weights");

            float[] Draw() => [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)];
        }
    }
}
