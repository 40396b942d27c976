using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Routing;

public sealed class RouterNoiseTests
{
    private static readonly RoutingSpec Fresh = new();
    private static readonly RoutingSpec Fixed = Fresh with { Noise = NoiseKind.Fixed };
    private static readonly RoutingSpec Off = Fresh with { Noise = NoiseKind.Off };

    [Fact]
    public void Fresh_noise_differs_by_seed_purpose_step_sample_and_expert()
    {
        double[][] draws =
        [
            Draw(Fresh, RoutePurpose.Train, 0, 0).Argmax, Draw(Fresh, RoutePurpose.Train, 1, 0).Argmax, Draw(Fresh, RoutePurpose.Train, 0, 1).Argmax,
            Draw(Fresh, RoutePurpose.Evaluate, 0, 0).Argmax, Draw(Fresh, RoutePurpose.Train, 0, 0, seed: 2).Argmax,
        ];
        draws.SelectMany(values => values).ShouldBeUnique();
        Draw(Fresh, RoutePurpose.Train, 0, 0).Argmax.ShouldBe(draws[0]);
    }

    [Fact]
    public void Fixed_noise_is_kept_for_all_steps_and_for_evaluation()
    {
        var draw = Draw(Fixed, RoutePurpose.Train, 0, 5).Argmax;
        Draw(Fixed, RoutePurpose.Train, 400, 5).Argmax.ShouldBe(draw);
        Draw(Fixed, RoutePurpose.Evaluate, 7, 5).Argmax.ShouldBe(draw);
        Draw(Fixed, RoutePurpose.Train, 0, 6).Argmax.ShouldNotBe(draw);
        Draw(Fixed, RoutePurpose.Train, 0, 5, seed: 2).Argmax.ShouldNotBe(draw);
        draw.ShouldNotBe(Draw(Fresh, RoutePurpose.Train, 0, 5).Argmax);
        draw.ShouldAllBe(value => value >= 0 && value < 1);
    }

    [Theory]
    [InlineData(NoiseKind.Fresh)]
    [InlineData(NoiseKind.Fixed)]
    public void Noise_is_uniform(NoiseKind kind)
    {
        var values = Enumerable.Range(0, 5000).SelectMany(sample => Draw(Fresh with { Noise = kind }, RoutePurpose.Train, 3, sample).Argmax).ToArray();
        values.ShouldAllBe(value => value >= 0 && value < 1);
        values.Average().ShouldBe(1 / 2.0, 0.006);
        values.Average(value => value * value).ShouldBe(1 / 3.0, 0.006);
        values.ShouldAllBe(value => value * 16777216 % 1 == 0);
    }

    [Theory]
    [InlineData(nameof(RoutePurpose.Train))]
    [InlineData(nameof(RoutePurpose.Evaluate))]
    public void Noise_that_is_off_breaks_ties_by_the_same_tiny_normal_draw_at_every_step(string purposeName)
    {
        var purpose = Enum.Parse<RoutePurpose>(purposeName);
        var draw = Draw(Off, purpose, 0, 1);
        Draw(Off, purpose, 9, 1).Argmax.ShouldBe(draw.Argmax);
        draw.Gate.ShouldBe(draw.Argmax);
        var values = Enumerable.Range(0, 5000).SelectMany(sample => Draw(Off, purpose, 0, sample).Argmax).ToArray();
        values.Average().ShouldBe(0, 3e-7);
        Math.Sqrt(values.Average(value => value * value)).ShouldBe(1e-5, 3e-7);
        values.Average(value => Math.Pow(value * 1e5, 4)).ShouldBe(3, 0.3);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Noise_goes_into_the_argmax_and_the_gate_apart(bool inArgmax, bool inGate)
    {
        var draw = Draw(Fresh with { NoiseInArgmax = inArgmax, NoiseInGate = inGate }, RoutePurpose.Train, 2, 3);
        var uniform = Draw(Fresh, RoutePurpose.Train, 2, 3).Argmax;
        draw.Argmax.ShouldBe(inArgmax ? uniform : Draw(Off, RoutePurpose.Train, 2, 3).Argmax);
        draw.Gate.ShouldBe(inGate ? uniform : new double[8]);
    }

    [Theory]
    [InlineData(NoiseKind.Fresh)]
    [InlineData(NoiseKind.Fixed)]
    [InlineData(NoiseKind.Off)]
    public void An_evaluation_without_noise_has_none(NoiseKind kind)
    {
        var draw = Draw(Fresh with { Noise = kind }, RoutePurpose.EvaluateWithoutNoise, 1, 1);
        draw.Argmax.ShouldBe(new double[8]);
        draw.Gate.ShouldBe(new double[8]);
    }

    [Theory]
    [InlineData(NoiseKind.Fresh)]
    [InlineData(NoiseKind.Off)]
    public void Noise_of_an_expert_does_not_depend_on_how_many_there_are(NoiseKind kind)
    {
        var spec = Fresh with { Noise = kind };
        var all = Draw(spec, RoutePurpose.Train, 1, 1, experts: 13).Argmax;
        for (var experts = 1; experts < 13; experts++) Draw(spec, RoutePurpose.Train, 1, 1, experts).Argmax.ShouldBe(all[..experts]);
    }

    [Fact]
    public void Floats_are_the_doubles_exactly()
    {
        var (argmax, gate) = (new float[8], new float[8]);
        new RouterNoise<float>(Fresh, 1).Draw(RoutePurpose.Train, 2, 3, argmax, gate);
        argmax.Select(value => (double)value).ShouldBe(Draw(Fresh, RoutePurpose.Train, 2, 3).Argmax);
    }

    [Theory]
    [InlineData(NoiseKind.Fresh, true, true)]
    [InlineData(NoiseKind.Fresh, true, false)]
    [InlineData(NoiseKind.Fresh, false, true)]
    [InlineData(NoiseKind.Fixed, true, true)]
    [InlineData(NoiseKind.Off, true, true)]
    public void A_group_of_samples_has_the_bits_of_each_of_them(NoiseKind kind, bool inArgmax, bool inGate)
    {
        var noise = new RouterNoise<float>(Fresh with { Noise = kind, NoiseInArgmax = inArgmax, NoiseInGate = inGate }, long.MaxValue / 3);
        int[] samples = [4, 0, int.MaxValue, 7, 7, 100_000, 3, 1];
        foreach (var purpose in Enum.GetValues<RoutePurpose>())
        {
            foreach (var experts in (int[])[1, 2, 3, 4, 5, 8, 17])
            {
                var (argmax, gate) = (new float[8 * experts], new float[8 * experts]);
                noise.DrawGroup(purpose, 5_000_000_000, samples, argmax, gate);
                var (each, eachGate) = (new float[8 * experts], new float[8 * experts]);
                RouterNoiseReference.DrawEach(noise, purpose, 5_000_000_000, samples, each, eachGate);
                argmax.ShouldHaveTheBitsOf<float>(each, "argmax");
                gate.ShouldHaveTheBitsOf<float>(eachGate, "gate");
            }
        }
    }

    private static (double[] Argmax, double[] Gate) Draw(RoutingSpec spec, RoutePurpose purpose, long step, int sample, int experts = 8, long seed = 1)
    {
        var (argmax, gate) = (Enumerable.Repeat(double.NaN, experts).ToArray(), Enumerable.Repeat(double.NaN, experts).ToArray());
        new RouterNoise<double>(spec, seed).Draw(purpose, step, sample, argmax, gate);
        return (argmax, gate);
    }
}
