using MoeOrleans.Compute.Routing;

namespace MoeOrleans.Compute.Tests.Routing;

public sealed class RouterScoresTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 50)]
    [InlineData(8, 784)]
    [InlineData(16, 50)]
    [InlineData(17, 1)]
    [InlineData(40, 50)]
    public void Scores_have_the_bits_of_the_reference_and_are_the_products(int experts, int dim)
    {
        var random = new Random(experts);
        for (var round = 0; round < 20; round++)
        {
            var (theta, patchSums) = (Draw(experts * dim), Draw(6 * dim));
            var scores = new RouterScores<float>(theta, experts);
            (scores.Experts, scores.Dim, scores.Stride % 16).ShouldBe((experts, dim, 0));
            // A whole group, and fewer samples than one.
            foreach (var samples in (int[][])[[4, 0, 5, 0], [3], [1, 2, 4]])
            {
                var fast = new float[4 * scores.Stride];
                scores.Score(patchSums, samples, fast);
                for (var s = 0; s < samples.Length; s++)
                {
                    var patchSum = patchSums.AsSpan(samples[s] * dim, dim);
                    var reference = new float[scores.Stride];
                    scores.ScoreReference(patchSum, reference);
                    fast.AsSpan(s * scores.Stride, scores.Stride).ToArray().ShouldHaveTheBitsOf<float>(reference, "scores");
                    for (var m = 0; m < experts; m++)
                    {
                        var chain = 0f;
                        for (var k = 0; k < dim; k++) chain = MathF.FusedMultiplyAdd(patchSum[k], theta[(m * dim) + k], chain);
                        BitConverter.SingleToInt32Bits(reference[m]).ShouldBe(BitConverter.SingleToInt32Bits(chain));
                    }
                }
            }
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-8, 8))))];
    }

    [Fact]
    public void Doubles_take_the_same_order()
    {
        var scores = new RouterScores<double>([1, 2, 3, 10, 20, 30], 2);
        var result = new double[scores.Stride];
        scores.Score([1, -1, 2], [0], result);
        result[..2].ShouldBe([5, 50]);
    }
}
