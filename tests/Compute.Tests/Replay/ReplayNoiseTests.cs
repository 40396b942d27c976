using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Replay;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Replay;

public sealed class ReplayNoiseTests
{
    private static readonly NpyArray<float> _fresh = new([2, 3, 2], [.. Enumerable.Range(1, 12).Select(i => (float)i)]);

    // As RouterNoise: noise that is off breaks ties in the argmax, wherever noise would go.
    [Theory]
    [InlineData(NoiseKind.Fresh, true, true, true, true)]
    [InlineData(NoiseKind.Fresh, true, false, true, false)]
    [InlineData(NoiseKind.Fresh, false, true, false, true)]
    [InlineData(NoiseKind.Fresh, false, false, false, false)]
    [InlineData(NoiseKind.Off, false, false, true, false)]
    [InlineData(NoiseKind.Off, true, true, true, true)]
    public void Noise_goes_where_the_specification_says(NoiseKind kind, bool inArgmax, bool inGate, bool argmaxHasIt, bool gateHasIt)
    {
        var spec = new RoutingSpec { Noise = kind, NoiseInArgmax = inArgmax, NoiseInGate = inGate };
        var (argmax, gate) = Draw(spec, _fresh, RoutePurpose.Train, 1, 2);
        argmax.ShouldBe(argmaxHasIt ? [11, 12] : [0, 0]);
        gate.ShouldBe(gateHasIt ? [11, 12] : [0, 0]);
    }

    [Fact]
    public void One_row_serves_all_steps()
    {
        var array = new NpyArray<float>([1, 3, 2], [1, 2, 3, 4, 5, 6]);
        Draw(new RoutingSpec { Noise = NoiseKind.Fixed }, array, RoutePurpose.Train, 17, 1).Argmax.ShouldBe([3, 4]);
    }

    [Fact]
    public void Evaluation_has_no_noise()
    {
        var (argmax, gate) = Draw(new RoutingSpec(), _fresh, RoutePurpose.EvaluateWithoutNoise, 1, 2);
        argmax.ShouldBe([0, 0]);
        gate.ShouldBe([0, 0]);
        Should.Throw<NotSupportedException>(() => Draw(new RoutingSpec(), _fresh, RoutePurpose.Evaluate, 1, 2));
    }

    private static (double[] Argmax, double[] Gate) Draw(RoutingSpec spec, NpyArray<float> noise, RoutePurpose purpose, long step, int sample)
    {
        var (argmax, gate) = (new double[] { 7, 7 }, new double[] { 7, 7 });
        new ReplayNoise<double>(spec, noise).Draw(purpose, step, sample, argmax, gate);
        return (argmax, gate);
    }
}
