using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// The paper's noise r ~ U(0, 1), drawn by counter from (seed, step, sample, expert); if it is off, or kept out of the
/// argmax, a fixed draw of N(0, 1e-5) breaks ties, as in the official code (1e-5 is its deviation).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="spec">When noise is drawn and what it is added to.</param>
/// <param name="seed">The training seed.</param>
internal sealed class RouterNoise<T>(RoutingSpec spec, long seed) : IRouterNoise<T>
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

    /// <inheritdoc/>
    public void DrawGroup(RoutePurpose purpose, long step, ReadOnlySpan<int> samples, Span<T> argmax, Span<T> gate)
    {
        var uniform = purpose != RoutePurpose.EvaluateWithoutNoise && spec.Noise != NoiseKind.Off && spec.NoiseInArgmax;
        if (typeof(T) != typeof(float) || samples.Length != Philox4x32.VectorCounters || !uniform)
        {
            RouterNoiseReference.DrawEach(this, purpose, step, samples, argmax, gate);
            return;
        }

        DrawUniform(purpose, step, samples, MemoryMarshal.Cast<T, float>(argmax));
        if (spec.NoiseInGate) argmax.CopyTo(gate);
        else gate.Clear();
    }

    private (DrawPurpose Stream, uint Time) Counter(RoutePurpose purpose, long step) => spec.Noise == NoiseKind.Fixed
        ? (DrawPurpose.FixedRouterNoise, 0u)
        : (purpose == RoutePurpose.Train ? DrawPurpose.RouterNoise : DrawPurpose.EvaluationNoise, (uint)step);

    // Lanes are eight samples; a block of draws is four experts.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DrawUniform(RoutePurpose purpose, long step, ReadOnlySpan<int> samples, Span<float> noise)
    {
        var (stream, time) = Counter(purpose, step);
        var item = Vector512.Create(Vector256.WidenLower(Vector256.Create(samples)).AsUInt64(), Vector256.WidenUpper(Vector256.Create(samples)).AsUInt64());
        ref var first = ref MemoryMarshal.GetReference(noise);
        for (var m = 0; m * samples.Length < noise.Length; m += 4)
        {
            var (c0, c1, c2, c3) = (Vector512.Create((ulong)m / 4), item, Vector512.Create((ulong)time), Vector512.Create((ulong)(uint)stream));
            Philox4x32.Block(ref c0, ref c1, ref c2, ref c3, (ulong)seed);
            var left = (noise.Length / samples.Length) - m;
            Units(c0).StoreUnsafe(ref first, (nuint)(m * samples.Length));
            if (left > 1) Units(c1).StoreUnsafe(ref first, (nuint)((m + 1) * samples.Length));
            if (left > 2) Units(c2).StoreUnsafe(ref first, (nuint)((m + 2) * samples.Length));
            if (left > 3) Units(c3).StoreUnsafe(ref first, (nuint)((m + 3) * samples.Length));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Units(Vector512<ulong> bits)
    {
        var words = Vector256.Narrow(bits.GetLower(), bits.GetUpper());
        return Vector256.ConvertToSingle((words >>> 8).AsInt32()) * Vector256.Create(1f / 16777216f);
    }

    private void DrawUniform(RoutePurpose purpose, long step, int sample, Span<T> noise)
    {
        var (stream, time) = Counter(purpose, step);
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
