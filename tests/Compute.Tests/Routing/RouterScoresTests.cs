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
            (scores.Experts, scores.Dim, scores.Stride % 8).ShouldBe((experts, dim, 0));
            int[] samples = [4, 0, 5, 0, 3, 1, 2, 5];
            var fast = new float[8 * scores.Stride];
            scores.Score(patchSums, samples, fast);
            for (var s = 0; s < samples.Length; s++)
            {
                var patchSum = patchSums.AsSpan(samples[s] * dim, dim);
                var reference = new float[scores.Stride];
                scores.ScoreReference(patchSum, reference);
                Enumerable.Range(0, scores.Stride).Select(m => fast[(m * 8) + s]).ToArray().ShouldHaveTheBitsOf<float>(reference, "scores");
                for (var m = 0; m < experts; m++)
                {
                    var chain = 0f;
                    for (var k = 0; k < dim; k++) chain = MathF.FusedMultiplyAdd(patchSum[k], theta[(m * dim) + k], chain);
                    BitConverter.SingleToInt32Bits(reference[m]).ShouldBe(BitConverter.SingleToInt32Bits(chain));
                }
            }
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-8, 8))))];
    }

    [Fact]
    public void A_sample_outside_the_set_is_refused()
    {
        var scores = new RouterScores<float>([1, 2, 3, 10, 20, 30], 2);
        Should.Throw<ArgumentOutOfRangeException>(() => scores.Score(new float[6], [0, 0, 0, 2, 0, 0, 0, 0], new float[64]));
    }

    [Fact]
    public void Doubles_take_the_same_order()
    {
        var scores = new RouterScores<double>([1, 2, 3, 10, 20, 30], 2);
        var result = new double[8 * scores.Stride];
        scores.Score([1, -1, 2, 2, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0], result);
        result[..16].ShouldBe([5, 5, 5, 2, 5, 5, 5, 5, 50, 50, 50, 20, 50, 50, 50, 50]);
    }
}
