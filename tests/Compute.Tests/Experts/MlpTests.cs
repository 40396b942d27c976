using CsCheck;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Tests.Experts;

public sealed class MlpTests
{
    [Fact]
    public void Gradients_losses_and_hits_have_the_bits_of_the_reference() => MlpCase.Any.Sample(
        c =>
        {
            var (gradient, gates, outcome) = Accumulate(new Mlp(c.Shape), c);
            var (expectedGradient, expectedGates, expectedOutcome) = Accumulate(new MlpReference<float>(c.Shape), c);
            gradient.ShouldHaveTheBitsOf<float>(expectedGradient, $"gradient of {c}");
            gates.ShouldHaveTheBitsOf<float>(expectedGates, $"gate gradients of {c}");
            outcome.Loss.ShouldHaveTheBitsOf(expectedOutcome.Loss, $"loss of {c}");
            outcome.Hits.ShouldBe(expectedOutcome.Hits, c.ToString());
        },
        iter: 200, threads: 1);

    [Fact]
    public void Predictions_and_outputs_have_the_bits_of_the_reference() => MlpCase.Any.Sample(
        c =>
        {
            var (fast, reference) = (new Mlp(c.Shape), new MlpReference<float>(c.Shape));
            int[] predictions = new int[c.Indexes.Length], expected = new int[c.Indexes.Length];
            fast.Predict(c.Weights, c.Samples, predictions);
            reference.Predict(c.Weights, c.Samples, expected);
            predictions.ShouldBe(expected, c.ToString());

            float[] outputs = new float[c.Shape.Outputs], expectedOutputs = new float[c.Shape.Outputs];
            var sample = c.Inputs.AsSpan(0, c.Shape.Inputs);
            fast.Forward(c.Weights, sample, outputs);
            reference.Forward(c.Weights, sample, expectedOutputs);
            outputs.ShouldHaveTheBitsOf<float>(expectedOutputs, $"outputs of {c}");
        },
        iter: 200, threads: 1);

    [Fact]
    public void Hits_are_the_predictions_that_are_the_labels() => MlpCase.Any.Sample(
        c =>
        {
            var expert = new Mlp(c.Shape);
            var predictions = new int[c.Indexes.Length];
            expert.Predict(c.Weights, c.Samples, predictions);
            Accumulate(expert, c).Outcome.Hits.ShouldBe(c.Indexes.Zip(predictions).Count(pair => c.Labels[pair.First] == pair.Second), c.ToString());
        },
        iter: 200, threads: 1);

    // A padded element that moved would change the gradient's norm.
    [Fact]
    public void Padding_of_the_gradient_stays_zero() => MlpCase.Any.Sample(
        c =>
        {
            var gradient = Accumulate(new Mlp(c.Shape), c).Gradient;
            var unpadded = new float[gradient.Length];
            foreach (var tensor in c.Shape.Parameters().Tensors)
            {
                var values = new float[tensor.ElementCount];
                tensor.Export<float>(gradient, values);
                tensor.Import<float>(values, unpadded);
            }

            gradient.ShouldHaveTheBitsOf<float>(unpadded, $"gradient of {c}");
        },
        iter: 200, threads: 1);

    // One expert's scratch holds other samples before, and chunks and tiles are cut elsewhere.
    [Fact]
    public void Samples_may_come_in_any_number_of_calls() => MlpCase.Any.Sample(
        c =>
        {
            var expert = new Mlp(c.Shape);
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

    private static (float[] Gradient, float[] Gates, LeafOutcome Outcome) Accumulate(IExpert<float> expert, MlpCase c)
    {
        var gradient = c.StartGradient.ToArray();
        var gates = Enumerable.Repeat(float.NaN, c.Gates.Length).ToArray();
        return (gradient, gates, expert.Accumulate(c.Weights, c.Samples, gradient, gates));
    }
}
