using MoeOrleans.Compute.Data;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class SamplesTests
{
    [Fact]
    public void Patch_sums_are_the_sums_of_the_patches_in_order()
    {
        // In floats 1 is lost beside 2^25, so another order gives another sum.
        float[] inputs = [1 << 25, 1, 1, 2, -(1 << 25), 3, 5, 50, 6, 60, 7, 70];
        var samples = new Samples<float>(3, 2, 1, inputs, [0, 1], [0, 0]);
        samples.Count.ShouldBe(2);
        samples.PatchSums.ShouldBe([0, 6, 18, 180]);
    }

    [Theory]
    [InlineData(11, 2, 2)]
    [InlineData(12, 3, 3)]
    [InlineData(12, 2, 1)]
    public void Lengths_that_do_not_fit_are_refused(int inputs, int labels, int clusters) =>
        Should.Throw<ArgumentException>(() => new Samples<float>(3, 2, 1, new float[inputs], new int[labels], new int[clusters]));
}
