using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Tests.Parameters;

public sealed class ParameterLayoutTests
{
    private static readonly TensorLayout s_weight = new("weight", 0, Inputs: 3, Outputs: 2, Stride: 2, [2, 3]);
    private static readonly TensorLayout s_bias = new("bias", 6, Inputs: 1, Outputs: 2, Stride: 2, [2]);

    [Fact]
    public void Tensors_follow_each_other() => new ParameterLayout([s_weight, s_bias]).Length.ShouldBe(8);

    [Fact]
    public void A_name_that_comes_twice_is_refused() =>
        Refusal(s_weight, s_bias with { Name = "weight" }).ShouldStartWith("two tensors have the name 'weight', or one has none");

    [Fact]
    public void A_gap_or_an_overlap_is_refused() =>
        Refusal(s_weight, s_bias with { Offset = 5 }).ShouldStartWith("tensor 'bias' has offset 5 and must begin at 6, where the tensors before it end");

    [Fact]
    public void A_shape_of_another_size_is_refused() =>
        Refusal(s_weight with { Shape = [2, 4] }).ShouldStartWith("tensor 'weight' has the shape [2, 4] of 8 elements, but 3 x 2 inputs and outputs");

    private static string Refusal(params TensorLayout[] tensors) => Should.Throw<ArgumentException>(() => new ParameterLayout([.. tensors])).Message;
}
