using CsCheck;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Losses;

public sealed class GatedLossTests
{
    private static readonly double Floor = Math.Log(1 + Math.Exp(-1));

    private static readonly Gen<(double[] Outputs, double Gate, int Label)> CrossEntropyCases =
        Gen.Int[2, 4].SelectMany(classes => Gen.Select(Gen.Double[-3, 3].Array[classes], Gen.Double[-3, 3], Gen.Int[0, classes - 1]));

    [Fact]
    public void Cross_entropy_takes_the_softmax_as_logits_once_more() => CrossEntropyCases.Sample(
        c =>
        {
            var gated = c.Outputs.Select(output => c.Gate * output).ToArray();
            var result = GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, c.Outputs, c.Gate, c.Label, new double[c.Outputs.Length]);
            result.Loss.ShouldBe(-Math.Log(Softmax(Softmax(gated))[c.Label]), 1e-13);
            result.Prediction.ShouldBe(Array.IndexOf(gated, gated.Max()));
        },
        iter: 3000, threads: 1);

    [Fact]
    public void Logistic_loss_is_log_of_one_plus_exp() => Gen.Select(Gen.Double[-5, 5], Gen.Double[-5, 5], Gen.Int[0, 1]).Sample(
        (output, gate, label) =>
        {
            var result = GatedLoss.Evaluate(LossKind.Logistic, [output], gate, label, new double[1]);
            result.Loss.ShouldBe(Math.Log(1 + Math.Exp((label == 0 ? 1 : -1) * gate * output)), 1e-13);
            result.Prediction.ShouldBe(gate * output > 0 ? 1 : 0);
        },
        iter: 3000, threads: 1);

    [Fact]
    public void Gradients_of_the_cross_entropy_are_those_of_finite_differences() => CrossEntropyCases.Sample(
        c =>
        {
            ShouldBeTheSlopes(LossKind.SoftmaxCrossEntropy, c.Outputs, c.Gate, c.Label);
            ShouldBeTheSlopes(LossKind.CrossEntropy, c.Outputs, c.Gate, c.Label);
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void Gradients_of_the_logistic_loss_are_those_of_finite_differences() => Gen.Select(Gen.Double[-3, 3], Gen.Double[-3, 3], Gen.Int[0, 1]).Sample(
        (output, gate, label) => ShouldBeTheSlopes(LossKind.Logistic, [output], gate, label), iter: 1000, threads: 1);

    [Fact]
    public void With_two_classes_the_cross_entropy_does_not_fall_below_its_floor()
    {
        GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, [1000, -1000], 1, 0, new double[2]).Loss.ShouldBe(Floor, 1e-15);
        GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, [1000, -1000], -1, 1, new double[2]).Loss.ShouldBe(Floor, 1e-15);
        GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, [1000, -1000], 1, 1, new double[2]).Loss.ShouldBe(Floor + 1, 1e-15);
        Gen.Select(Gen.Double[-100, 100], Gen.Double[-100, 100], Gen.Double[-10, 10], Gen.Int[0, 1]).Sample(
            (first, second, gate, label) =>
                GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, [first, second], gate, label, new double[2]).Loss.ShouldBeGreaterThanOrEqualTo(Floor - 1e-15),
            iter: 2000, threads: 1);
    }

    [Theory]
    [InlineData(1e6, 0, 1e6)]
    [InlineData(1e6, 1, 0)]
    [InlineData(-1e6, 0, 0)]
    [InlineData(-1e6, 1, 1e6)]
    public void Large_margins_of_the_logistic_loss_neither_overflow_nor_vanish(double output, int label, double expected)
    {
        var gradient = new double[1];
        GatedLoss.Evaluate(LossKind.Logistic, [output], 1, label, gradient).Loss.ShouldBe(expected);
        gradient[0].ShouldBe(expected == 0 ? 0 : label == 0 ? 1 : -1);
    }

    [Fact]
    public void Predictions_are_those_of_the_loss() => CrossEntropyCases.Sample(
        c => GatedLoss.Predict(c.Outputs, c.Gate).ShouldBe(GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, c.Outputs, c.Gate, c.Label, new double[c.Outputs.Length]).Prediction),
        iter: 1000, threads: 1);

    [Fact]
    public void The_first_of_equals_is_predicted_and_a_negative_gate_turns_the_order_around()
    {
        GatedLoss.Predict([1, 3, 3], 1).ShouldBe(1);
        GatedLoss.Predict([1, 3, 3], -1).ShouldBe(0);
        GatedLoss.Predict([3, 1, 1], -1).ShouldBe(1);
        GatedLoss.Predict([3, 1], 0).ShouldBe(0);
        GatedLoss.Predict([2], 1).ShouldBe(1);
        GatedLoss.Predict([2], -1).ShouldBe(0);
        GatedLoss.Predict([2], 0).ShouldBe(0);
    }

    private static void ShouldBeTheSlopes(LossKind kind, double[] outputs, double gate, int label)
    {
        const double Step = 1e-5;
        var gradient = new double[outputs.Length];
        var gateGradient = GatedLoss.Evaluate(kind, outputs, gate, label, gradient).GateGradient;
        gateGradient.ShouldBe((Loss(outputs, gate + Step) - Loss(outputs, gate - Step)) / (2 * Step), 1e-7);
        for (var c = 0; c < outputs.Length; c++)
            gradient[c].ShouldBe((Loss(Moved(c, Step), gate) - Loss(Moved(c, -Step), gate)) / (2 * Step), 1e-7);

        double[] Moved(int c, double by) => [.. outputs.Select((output, i) => i == c ? output + by : output)];

        double Loss(double[] at, double gateAt) => GatedLoss.Evaluate(kind, at, gateAt, label, new double[at.Length]).Loss;
    }

    private static double[] Softmax(double[] logits)
    {
        var sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }

    [Theory]
    [InlineData(0, 0.3132616875182228)]
    [InlineData(1, 1.3132616875182228)]
    public void CrossEntropy_is_of_the_gated_outputs_themselves(int label, double expected)
    {
        GatedLoss.Evaluate(LossKind.CrossEntropy, [2, 0], 0.5, label, new double[2]).Loss.ShouldBe(expected, 1e-15);
        GatedLoss.Evaluate(LossKind.CrossEntropy, [2000, 0], 0.5, label, new double[2]).Loss.ShouldBe(1000 * label, 1e-12);
    }
}
