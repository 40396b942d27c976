using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Routing;

/// <summary>The choice without branches is that of the plain loop: the first of the largest, and NaN never.</summary>
public sealed class FirstLargestTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(64)]
    public void Any_scores_are_chosen_among_as_by_the_plain_loop(int experts)
    {
        var random = new Random(experts);
        // Eight samples at once, and three one by one.
        for (var round = 0; round < 500; round++)
        {
            // Few values, so that there are many ties; now and then a NaN, an infinity, a negative zero.
            float[] theta = [.. Enumerable.Range(0, experts).Select(_ => random.Next(40) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => -0f, var value => value % 5 })];
            var routed = new RoutedSamples<float>(new RoutingSpec(), 11, experts);
            new NoisyTopOne<float>(new RoutingSpec(), new RouterScores<float>(theta, experts), new NoNoise()).Route(RoutePurpose.Train, 0, [1], routed, 0, 11);
            var expected = 0;
            for (var m = 1; m < experts; m++)
            {
                if (theta[m] > theta[expected]) expected = m;
            }

            routed.Expert.ShouldAllBe(expert => expert == expected, $"round {round}: {string.Join(' ', theta)}");
        }
    }

    private sealed class NoNoise : IRouterNoise<float>
    {
        public void Draw(RoutePurpose purpose, long step, int sample, Span<float> argmax, Span<float> gate)
        {
            argmax.Clear();
            gate.Clear();
        }
    }
}
