using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Bench;

/// <summary>Measures what the machine can do: fused multiply-adds in registers, and bytes read.</summary>
internal static class PeakMeter
{
    private const int Chains = 12;
    private const int Lanes = 16;
    private const float Factor = 0.999f;
    private const float Term = 0.001f;
    private const int DramBytes = 256 << 20;
    private const int L2Bytes = 512 << 10;

    private static readonly Lazy<float[]> s_large = new(() => Filled(DramBytes / sizeof(float)));
    private static readonly Lazy<float[]> s_small = new(() => Filled(L2Bytes / sizeof(float)));

    /// <summary>Billions of operations a second on one thread: twelve chains of fused multiply-adds, which hide their latency.</summary>
    /// <param name="iterations">Links of each chain.</param>
    public static double Gflops(int iterations)
    {
        var start = Stopwatch.GetTimestamp();
        RequireNumber(Chain(iterations));
        return Operations(iterations) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    /// <summary>Billions of operations a second on several threads at once.</summary>
    public static double Gflops(int threads, int iterations) => RunTogether(threads, _ => RequireNumber(Chain(iterations)), Operations(iterations));

    /// <summary>Billions of bytes a second read from memory that no cache holds.</summary>
    public static double DramGBps(int threads)
    {
        var part = s_large.Value.Length / threads;
        return RunTogether(threads, t => RequireNumber(Sum(s_large.Value.AsSpan(t * part, part))), (double)part * sizeof(float));
    }

    /// <summary>Billions of bytes a second read from the second-level cache on one thread.</summary>
    public static double L2GBps(int repetitions)
    {
        RequireNumber(Sum(s_small.Value));
        return RunTogether(1, _ =>
        {
            for (var r = 0; r < repetitions; r++) RequireNumber(Sum(s_small.Value));
        }, (double)repetitions * L2Bytes);
    }

    private static double Operations(int iterations) => 2.0 * Chains * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count) * iterations;

    private static float Chain(int iterations) => Vector512.IsHardwareAccelerated ? Chain512(iterations, Factor, Term) : Chain256(iterations, Factor, Term);

    private static double RunTogether(int threads, Action<int> work, double each)
    {
        using var ready = new Barrier(threads + 1);
        var others = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            ready.SignalAndWait();
            work(t);
        })).ToArray();
        foreach (var thread in others) thread.Start();
        ready.SignalAndWait();
        var start = Stopwatch.GetTimestamp();
        foreach (var thread in others) thread.Join();
        return threads * each / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    // Each link of a chain needs the one before it, so the compiler can leave none out. Narrower registers cannot hold twelve vectors of 512 bits.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Chain512(int iterations, float factor, float term)
    {
        var (f, t) = (Vector512.Create(factor), Vector512.Create(term));
        Vector512<float> a0 = t, a1 = t + t, a2 = a1 + t, a3 = a2 + t, a4 = a3 + t, a5 = a4 + t;
        Vector512<float> a6 = a5 + t, a7 = a6 + t, a8 = a7 + t, a9 = a8 + t, a10 = a9 + t, a11 = a10 + t;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Vector512.FusedMultiplyAdd(a0, f, t);
            a1 = Vector512.FusedMultiplyAdd(a1, f, t);
            a2 = Vector512.FusedMultiplyAdd(a2, f, t);
            a3 = Vector512.FusedMultiplyAdd(a3, f, t);
            a4 = Vector512.FusedMultiplyAdd(a4, f, t);
            a5 = Vector512.FusedMultiplyAdd(a5, f, t);
            a6 = Vector512.FusedMultiplyAdd(a6, f, t);
            a7 = Vector512.FusedMultiplyAdd(a7, f, t);
            a8 = Vector512.FusedMultiplyAdd(a8, f, t);
            a9 = Vector512.FusedMultiplyAdd(a9, f, t);
            a10 = Vector512.FusedMultiplyAdd(a10, f, t);
            a11 = Vector512.FusedMultiplyAdd(a11, f, t);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Chain256(int iterations, float factor, float term)
    {
        var (f, t) = (Vector256.Create(factor), Vector256.Create(term));
        Vector256<float> a0 = t, a1 = t + t, a2 = a1 + t, a3 = a2 + t, a4 = a3 + t, a5 = a4 + t;
        Vector256<float> a6 = a5 + t, a7 = a6 + t, a8 = a7 + t, a9 = a8 + t, a10 = a9 + t, a11 = a10 + t;
        for (var i = 0; i < iterations; i++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, f, t);
            a1 = Vector256.FusedMultiplyAdd(a1, f, t);
            a2 = Vector256.FusedMultiplyAdd(a2, f, t);
            a3 = Vector256.FusedMultiplyAdd(a3, f, t);
            a4 = Vector256.FusedMultiplyAdd(a4, f, t);
            a5 = Vector256.FusedMultiplyAdd(a5, f, t);
            a6 = Vector256.FusedMultiplyAdd(a6, f, t);
            a7 = Vector256.FusedMultiplyAdd(a7, f, t);
            a8 = Vector256.FusedMultiplyAdd(a8, f, t);
            a9 = Vector256.FusedMultiplyAdd(a9, f, t);
            a10 = Vector256.FusedMultiplyAdd(a10, f, t);
            a11 = Vector256.FusedMultiplyAdd(a11, f, t);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Sum(ReadOnlySpan<float> values)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        fixed (float* x = values)
        {
            for (nint i = 0; i + (4 * Lanes) <= values.Length; i += 4 * Lanes)
            {
                a0 += Vector512.Load(x + i);
                a1 += Vector512.Load(x + i + Lanes);
                a2 += Vector512.Load(x + i + (2 * Lanes));
                a3 += Vector512.Load(x + i + (3 * Lanes));
            }
        }

        return Vector512.Sum(a0 + a1 + a2 + a3);
    }

    private static void RequireNumber(float value)
    {
        if (float.IsNaN(value)) throw new InvalidOperationException("The peak could not be measured: not a number.");
    }

    private static float[] Filled(int length)
    {
        var values = new float[length];
        Array.Fill(values, 1e-3f);
        return values;
    }
}
