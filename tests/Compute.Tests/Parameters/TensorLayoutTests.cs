using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Parameters;

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

    [Fact]
    public void An_mlps_hidden_units_lie_in_panels_of_32()
    {
        var shape = new MlpShape(3, 33, 2, LossKind.CrossEntropy);
        var layout = shape.Parameters();
        layout.Tensors.Select(tensor => tensor.Name).ShouldBe(["hidden.weight", "hidden.bias", "output.weight", "output.bias"]);
        layout.Tensors.Select(tensor => string.Join('x', tensor.Shape)).ShouldBe(["33x3", "33", "2x33", "2"]);
        layout.Tensors.Select(tensor => tensor.FanIn).ShouldBe([3, 3, 33, 33]);
        layout.Tensors.Select(tensor => tensor.Offset).ShouldBe([0, 192, 256, 784]);
        (shape.Panels, shape.OutputStride, layout.Length, layout.ElementCount).ShouldBe((2, 16, 800, 200));

        var parameters = new float[layout.Length];
        layout.Tensors[0].Import<float>([.. Enumerable.Range(0, 99).Select(i => (float)i)], parameters);
        // Unit 5, input 2; and the first of the second panel, input 1.
        parameters[(2 * 32) + 5].ShouldBe((5 * 3) + 2);
        parameters[(3 * 32) + 32].ShouldBe((32 * 3) + 1);
        var back = new float[99];
        layout.Tensors[0].Export<float>(parameters, back);
        back.ShouldBe(Enumerable.Range(0, 99).Select(i => (float)i));
    }
}
