using MoeOrleans.Compute.Specification;
using MoeOrleans.LinearExpert;

namespace MoeOrleans.Compute.Tests.Experts;

/// <summary>The gradient of the example of docs/extend.md.</summary>
public sealed class LinearExpertTests
{
    [Theory]
    [InlineData(LossKind.CrossEntropy, 3, true)]
    [InlineData(LossKind.CrossEntropy, 3, false)]
    [InlineData(LossKind.SoftmaxCrossEntropy, 2, true)]
    [InlineData(LossKind.Logistic, 1, true)]
    public void Gradients_are_the_slopes_of_the_loss(LossKind loss, int outputs, bool bias)
    {
        const int Dim = 4, Patches = 3, Samples = 5;
        var model = new ModelSpec { Options = new LinearOptions { InputScale = 0.5 }, Outputs = outputs, Bias = bias, Loss = loss };
        var expert = new LinearKind().CreateReference<double>(model, Dim, Patches);
        var random = new Random(5);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];

        int[] labels = [.. Enumerable.Range(0, Samples).Select(s => s % Math.Max(2, outputs))];
        var moved = FiniteDifferences.Check(expert, Draw(expert.Parameters.Length), Draw(Samples * Dim * Patches), labels, Draw(Samples));
        moved.Length.ShouldBe(bias ? 2 : 1);
        moved.ShouldAllBe(count => count > 0);
    }
}
