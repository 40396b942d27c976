using System.Numerics;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// The paper's noise r ~ U(0, 1), drawn by counter from (seed, step, sample, expert); where it is off, or kept out of the
/// argmax, a fixed draw of N(0, 1e-5) breaks ties, as in the official code (1e-5 is its deviation).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="spec">When noise is drawn and where it goes.</param>
/// <param name="seed">The training seed.</param>
public sealed class RouterNoise<T>(RoutingSpec spec, long seed) : IRouterNoise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double TieBreakDeviation = 1e-5;

    /// <inheritdoc/>
    public void Draw(RoutePurpose purpose, long step, int sample, Span<T> argmax, Span<T> gate)
    {
        if (purpose == RoutePurpose.EvaluateWithoutNoise)
        {
            argmax.Clear();
            gate.Clear();
            return;
        }

        var off = spec.Noise == NoiseKind.Off;
        var inArgmax = spec.NoiseInArgmax && !off;
        if (inArgmax)
            DrawUniform(purpose, step, sample, argmax);
        else
            DrawTieBreak(sample, argmax);
        if (!spec.NoiseInGate)
            gate.Clear();
        else if (inArgmax || off)
            argmax.CopyTo(gate);
        else
            DrawUniform(purpose, step, sample, gate);
    }

    private void DrawUniform(RoutePurpose purpose, long step, int sample, Span<T> noise)
    {
        var (stream, time) = spec.Noise == NoiseKind.Fixed
            ? (DrawPurpose.FixedRouterNoise, 0u)
            : (purpose == RoutePurpose.Train ? DrawPurpose.RouterNoise : DrawPurpose.EvaluationNoise, (uint)step);
        for (var m = 0; m < noise.Length; m += 4)
        {
            var bits = Philox4x32.Block(RandomSequence.Counter(stream, sample, time, (uint)m / 4), (ulong)seed);
            noise[m] = Unit(bits.X0);
            if (m + 1 < noise.Length) noise[m + 1] = Unit(bits.X1);
            if (m + 2 < noise.Length) noise[m + 2] = Unit(bits.X2);
            if (m + 3 < noise.Length) noise[m + 3] = Unit(bits.X3);
        }
    }

    // 24 bits: exact in float as in double.
    private static T Unit(uint bits) => T.CreateTruncating((int)(bits >> 8) * (1f / 16777216f));

    private void DrawTieBreak(int sample, Span<T> noise)
    {
        var draws = new RandomSequence(seed, DrawPurpose.TieBreak, sample);
        foreach (ref var value in noise) value = T.CreateTruncating(TieBreakDeviation * draws.NextNormal());
    }
}
