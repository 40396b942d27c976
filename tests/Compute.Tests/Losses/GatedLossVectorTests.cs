using System.Runtime.Intrinsics;
using CsCheck;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Losses;

public sealed unsafe class GatedLossVectorTests
{
    // Moderate values, ties, zeros of both signs, and magnitudes where exponentials vanish.
    private static readonly Gen<double> Values = Gen.Frequency(
        (6, Gen.Double[-4, 4]), (2, Gen.OneOf(0.0, -0.0, 1.0, -1.0, 0.5)), (1, Gen.Double[-1000, 1000]), (1, Gen.Double[-1e-300, 1e-300]));

    private static readonly Gen<(LossKind Kind, int Classes, double[] Outputs, double[] Gates, int[] Labels)> Cases =
        Gen.OneOf(Gen.Const((LossKind.Logistic, 1)), Gen.Select(Gen.OneOf(Gen.Const(LossKind.SoftmaxCrossEntropy), Gen.Const(LossKind.CrossEntropy)), Gen.Int[2, 4])).SelectMany(kind =>
            Gen.Select(Values.Array[8 * kind.Item2], Values.Array[8], Gen.Int[0, Math.Max(1, kind.Item2 - 1)].Array[8])
                .Select((outputs, gates, labels) => (kind.Item1, kind.Item2, outputs, gates, labels)));

    [Fact]
    public void Each_of_eight_samples_has_the_bits_of_the_scalar_loss() => Cases.Sample(
        c =>
        {
            var (gradients, scratch) = (new double[8 * c.Classes], new double[16 * c.Classes]);
            GatedLosses result;
            fixed (double* o = c.Outputs, g = gradients, s = scratch)
            {
                var labels = Vector512.Create([.. c.Labels.Select(label => (double)label)]);
                result = GatedLossVector.Evaluate(c.Kind, c.Classes, o, Vector512.Create(c.Gates), labels, g, s);
            }

            for (var i = 0; i < 8; i++)
            {
                var expectedGradient = new double[c.Classes];
                var expected = GatedLoss.Evaluate(c.Kind, Sample(c.Outputs, c.Classes, i), c.Gates[i], c.Labels[i], expectedGradient);
                result.Loss[i].ShouldHaveTheBitsOf(expected.Loss, "loss");
                result.GateGradient[i].ShouldHaveTheBitsOf(expected.GateGradient, "gate gradient");
                ((int)result.Prediction[i]).ShouldBe(expected.Prediction);
                Sample(gradients, c.Classes, i).ShouldHaveTheBitsOf<double>(expectedGradient, "output gradients");
            }
        },
        iter: 3000, threads: 1);

    [Fact]
    public void Each_of_eight_predictions_is_the_scalar_one() => Cases.Sample(
        c =>
        {
            Vector512<double> predictions;
            fixed (double* o = c.Outputs, s = new double[8 * c.Classes])
                predictions = GatedLossVector.Predict(c.Classes, o, Vector512.Create(c.Gates), s);
            for (var i = 0; i < 8; i++) ((int)predictions[i]).ShouldBe(GatedLoss.Predict(Sample(c.Outputs, c.Classes, i), c.Gates[i]));
        },
        iter: 2000, threads: 1);

    private static double[] Sample(double[] values, int classes, int i) => [.. Enumerable.Range(0, classes).Select(c => values[(c * 8) + i])];
}
