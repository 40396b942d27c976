using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts;

public sealed class TensorLayoutTests
{
    [Theory]
    [InlineData(3, 1, 16)]
    [InlineData(8, 2, 16)]
    [InlineData(17, 2, 48)]
    public void Tensors_follow_each_other_padded_to_whole_vectors(int filters, int outputs, int stride)
    {
        var shape = new PatchCnnShape(7, 4, filters, outputs, true, Activation.Cubic, LossKind.SoftmaxCrossEntropy);
        shape.Stride.ShouldBe(stride);
        var layout = shape.Parameters();
        layout.Tensors.Select(tensor => tensor.Name).ShouldBe(["weight", "bias"]);
        layout.Tensors[0].Shape.ShouldBe([filters * outputs, 7]);
        layout.Tensors[1].Shape.ShouldBe([filters * outputs]);
        layout.Tensors[1].Offset.ShouldBe(7 * stride);
        layout.Length.ShouldBe(8 * stride);
        layout.ElementCount.ShouldBe(8 * filters * outputs);
        (shape with { Bias = false }).Parameters().Tensors.Single().Name.ShouldBe("weight");
    }

    [Fact]
    public void Outside_a_tensor_has_its_outputs_as_rows_and_comes_back_as_it_went()
    {
        var layout = new PatchCnnShape(2, 1, 3, 1, true, Activation.Linear, LossKind.Logistic).Parameters();
        var parameters = new float[layout.Length];
        layout.Tensors[0].Import<float>([1, 2, 3, 4, 5, 6], parameters);
        layout.Tensors[1].Import<float>([7, 8, 9], parameters);
        parameters.Chunk(16).Select(row => row[..3]).ShouldBe([[1, 3, 5], [2, 4, 6], [7, 8, 9]]);
        parameters.Chunk(16).SelectMany(row => row[3..]).ShouldAllBe(padding => padding == 0);

        var tensor = new float[6];
        layout.Tensors[0].Export<float>(parameters, tensor);
        tensor.ShouldBe([1, 2, 3, 4, 5, 6]);
    }
}
