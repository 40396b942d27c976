using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoeOrleans.Compute.Experts;

// The inner loops. A weight vector holds sixteen filters and is loaded once for several rows (a row is a patch); an element of
// a row is broadcast. Forward: tiles of 16 rows, which are four samples of four patches, so that four pointers and four
// offsets reach all of them; else of 4 rows and of 1. Backward: 25 elements of all rows of a part of the group, and meanwhile
// the next group's are asked for, a cache line or so at a time, so that no burst of requests stalls the multiplications.
public sealed unsafe partial class PatchCnn
{
    private void Activations16<TFunction>(float* w, Vector512<float> bias, int row, int f)
        where TFunction : struct, ActivationVector.IFunction
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        var x = _inputs;
        var samples = _samples + (row / 4);
        float* r0 = x + samples[0], r1 = x + samples[1], r2 = x + samples[2], r3 = x + samples[3];
        var z = SlopesOfRow(row, f);
        Vector512<float> a0 = bias, a1 = bias, a2 = bias, a3 = bias, a4 = bias, a5 = bias, a6 = bias, a7 = bias;
        Vector512<float> a8 = bias, a9 = bias, a10 = bias, a11 = bias, a12 = bias, a13 = bias, a14 = bias, a15 = bias;
        var (p1, p2, p3) = (dim, 2 * dim, 3 * dim);
        for (nint k = 0; k < dim; k++, w += stride)
        {
            var weight = Vector512.Load(w);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(r0[k]), weight, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(r0[p1 + k]), weight, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(r0[p2 + k]), weight, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(r0[p3 + k]), weight, a3);
            a4 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[k]), weight, a4);
            a5 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[p1 + k]), weight, a5);
            a6 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[p2 + k]), weight, a6);
            a7 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[p3 + k]), weight, a7);
            a8 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[k]), weight, a8);
            a9 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[p1 + k]), weight, a9);
            a10 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[p2 + k]), weight, a10);
            a11 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[p3 + k]), weight, a11);
            a12 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[k]), weight, a12);
            a13 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[p1 + k]), weight, a13);
            a14 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[p2 + k]), weight, a14);
            a15 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[p3 + k]), weight, a15);
        }

        a0.Store(z);
        a1.Store(z + stride);
        a2.Store(z + (2 * stride));
        a3.Store(z + (3 * stride));
        a4.Store(z + (4 * stride));
        a5.Store(z + (5 * stride));
        a6.Store(z + (6 * stride));
        a7.Store(z + (7 * stride));
        a8.Store(z + (8 * stride));
        a9.Store(z + (9 * stride));
        a10.Store(z + (10 * stride));
        a11.Store(z + (11 * stride));
        a12.Store(z + (12 * stride));
        a13.Store(z + (13 * stride));
        a14.Store(z + (14 * stride));
        a15.Store(z + (15 * stride));
        Activate4<TFunction>(z, _activations.Pointer + (row / 4 * stride) + f);
    }

    /// <summary>
    /// Four samples of four patches: the sums of sigma, and its slopes in place of the pre-activations. These come from memory: kept
    /// in registers they would be spilled in the loop that makes them, unless the compiler has a profile.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Activate4<TFunction>(float* z, float* activation)
        where TFunction : struct, ActivationVector.IFunction
    {
        var stride = (nint)_shape.Stride;
        for (var s = 0; s < 4; s++, z += 4 * stride, activation += stride)
        {
            var (v0, s0) = TFunction.Apply(Vector512.Load(z));
            var (v1, s1) = TFunction.Apply(Vector512.Load(z + stride));
            var (v2, s2) = TFunction.Apply(Vector512.Load(z + (2 * stride)));
            var (v3, s3) = TFunction.Apply(Vector512.Load(z + (3 * stride)));
            s0.Store(z);
            s1.Store(z + stride);
            s2.Store(z + (2 * stride));
            s3.Store(z + (3 * stride));
            (v0 + v1 + v2 + v3).Store(activation);
        }
    }

    private void PreActivations4(float* w, Vector512<float> bias, int row, int f)
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        float* r0 = Row(row), r1 = Row(row + 1), r2 = Row(row + 2), r3 = Row(row + 3);
        var z = SlopesOfRow(row, f);
        Vector512<float> a0 = bias, a1 = bias, a2 = bias, a3 = bias;
        for (nint k = 0; k < dim; k++, w += stride)
        {
            var weight = Vector512.Load(w);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(r0[k]), weight, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[k]), weight, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[k]), weight, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[k]), weight, a3);
        }

        a0.Store(z);
        a1.Store(z + stride);
        a2.Store(z + (2 * stride));
        a3.Store(z + (3 * stride));
    }

    private void PreActivations1(float* w, Vector512<float> bias, int row, int f)
    {
        var r = Row(row);
        var a = bias;
        for (var k = 0; k < _shape.Dim; k++, w += _shape.Stride) a = Vector512.FusedMultiplyAdd(Vector512.Create(r[k]), Vector512.Load(w), a);
        a.Store(SlopesOfRow(row, f));
    }

    // The sums of 25 elements are as many chains of multiply-adds over the rows: more than enough to hide an addition's latency,
    // and few rows are reached again.
    private void AddGradient25(float* g, int k, int first, int end, int f, bool fromZero)
    {
        var (patches, dim, stride) = (_shape.Patches, _shape.Dim, (nint)_shape.Stride);
        var dz = Slopes(first, f);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        Vector512<float> s5 = default, s6 = default, s7 = default, s8 = default, s9 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default, s14 = default;
        Vector512<float> s15 = default, s16 = default, s17 = default, s18 = default, s19 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default, s24 = default;
        if (!fromZero)
        {
            s0 = Vector512.Load(g);
            s1 = Vector512.Load(g + stride);
            s2 = Vector512.Load(g + (2 * stride));
            s3 = Vector512.Load(g + (3 * stride));
            s4 = Vector512.Load(g + (4 * stride));
            s5 = Vector512.Load(g + (5 * stride));
            s6 = Vector512.Load(g + (6 * stride));
            s7 = Vector512.Load(g + (7 * stride));
            s8 = Vector512.Load(g + (8 * stride));
            s9 = Vector512.Load(g + (9 * stride));
            s10 = Vector512.Load(g + (10 * stride));
            s11 = Vector512.Load(g + (11 * stride));
            s12 = Vector512.Load(g + (12 * stride));
            s13 = Vector512.Load(g + (13 * stride));
            s14 = Vector512.Load(g + (14 * stride));
            s15 = Vector512.Load(g + (15 * stride));
            s16 = Vector512.Load(g + (16 * stride));
            s17 = Vector512.Load(g + (17 * stride));
            s18 = Vector512.Load(g + (18 * stride));
            s19 = Vector512.Load(g + (19 * stride));
            s20 = Vector512.Load(g + (20 * stride));
            s21 = Vector512.Load(g + (21 * stride));
            s22 = Vector512.Load(g + (22 * stride));
            s23 = Vector512.Load(g + (23 * stride));
            s24 = Vector512.Load(g + (24 * stride));
        }

        for (var s = first; s < end; s++)
        {
            var x = _inputs + _samples[s] + k;
            var next = _inputs + _nextSamples[s] + k;
            for (var p = 0; p < patches; p++, x += dim, next += dim, dz += stride)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(next);
                    Sse.Prefetch0(next + Lanes);
                }

                var d = Vector512.Load(dz);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(x[0]), d, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[1]), d, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2]), d, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3]), d, s3);
                s4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4]), d, s4);
                s5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5]), d, s5);
                s6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6]), d, s6);
                s7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7]), d, s7);
                s8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8]), d, s8);
                s9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9]), d, s9);
                s10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[10]), d, s10);
                s11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[11]), d, s11);
                s12 = Vector512.FusedMultiplyAdd(Vector512.Create(x[12]), d, s12);
                s13 = Vector512.FusedMultiplyAdd(Vector512.Create(x[13]), d, s13);
                s14 = Vector512.FusedMultiplyAdd(Vector512.Create(x[14]), d, s14);
                s15 = Vector512.FusedMultiplyAdd(Vector512.Create(x[15]), d, s15);
                s16 = Vector512.FusedMultiplyAdd(Vector512.Create(x[16]), d, s16);
                s17 = Vector512.FusedMultiplyAdd(Vector512.Create(x[17]), d, s17);
                s18 = Vector512.FusedMultiplyAdd(Vector512.Create(x[18]), d, s18);
                s19 = Vector512.FusedMultiplyAdd(Vector512.Create(x[19]), d, s19);
                s20 = Vector512.FusedMultiplyAdd(Vector512.Create(x[20]), d, s20);
                s21 = Vector512.FusedMultiplyAdd(Vector512.Create(x[21]), d, s21);
                s22 = Vector512.FusedMultiplyAdd(Vector512.Create(x[22]), d, s22);
                s23 = Vector512.FusedMultiplyAdd(Vector512.Create(x[23]), d, s23);
                s24 = Vector512.FusedMultiplyAdd(Vector512.Create(x[24]), d, s24);
            }
        }

        s0.Store(g);
        s1.Store(g + stride);
        s2.Store(g + (2 * stride));
        s3.Store(g + (3 * stride));
        s4.Store(g + (4 * stride));
        s5.Store(g + (5 * stride));
        s6.Store(g + (6 * stride));
        s7.Store(g + (7 * stride));
        s8.Store(g + (8 * stride));
        s9.Store(g + (9 * stride));
        s10.Store(g + (10 * stride));
        s11.Store(g + (11 * stride));
        s12.Store(g + (12 * stride));
        s13.Store(g + (13 * stride));
        s14.Store(g + (14 * stride));
        s15.Store(g + (15 * stride));
        s16.Store(g + (16 * stride));
        s17.Store(g + (17 * stride));
        s18.Store(g + (18 * stride));
        s19.Store(g + (19 * stride));
        s20.Store(g + (20 * stride));
        s21.Store(g + (21 * stride));
        s22.Store(g + (22 * stride));
        s23.Store(g + (23 * stride));
        s24.Store(g + (24 * stride));
    }

    private void AddGradient1(float* g, int k, int first, int end, int f, bool fromZero)
    {
        var dz = Slopes(first, f);
        var sum = fromZero ? Vector512<float>.Zero : Vector512.Load(g);
        for (var s = first; s < end; s++)
        {
            var x = _inputs + _samples[s] + k;
            for (var p = 0; p < _shape.Patches; p++, x += _shape.Dim, dz += _shape.Stride) sum = Vector512.FusedMultiplyAdd(Vector512.Create(*x), Vector512.Load(dz), sum);
        }

        sum.Store(g);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Row(int row) => _inputs + _samples[row / _shape.Patches] + (row % _shape.Patches * _shape.Dim);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Slopes(int sample, int f) => SlopesOfRow(sample * _shape.Patches, f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* SlopesOfRow(int row, int f) => _slopes.Pointer + ((long)row * _shape.Stride) + f;
}
