using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Compute.Experts.PatchCnn;

// The forward pass. A vector of weights holds sixteen filters and is loaded once for several rows (a row is a patch); an element
// of a row is broadcast. Tiles of 16 rows, which are four samples of four patches, so that four pointers and four offsets reach
// all of them; else of 4 rows and of 1. Registers of fewer than 512 bits are too few for 16 rows (32 of AVX2's 16); they take 4.
//
// Loops of kernels are compiled with all optimisations at once (AggressiveOptimization): instrumented, as the tiers before would
// have them, they take several times as long, and a run would spend its first seconds in them.
internal sealed unsafe partial class PatchCnnKernel
{
    /// <summary>Activations and their slopes of a group; before each tile a stage of the losses of the group before, if there is one.</summary>
    private delegate void ForwardPass(SampleGroup group, SampleGroup? before);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward<TFunction>(SampleGroup group, SampleGroup? before)
        where TFunction : struct, IActivationFunction
    {
        var w = _weights.Pointer;
        var (rows, stride) = (group.Count * _shape.Patches, _shape.Stride);
        for (var f = 0; f < stride; f += Lanes)
        {
            var bias = _shape.Bias ? Vector512.Load(w + ((long)_shape.Dim * stride) + f) : Vector512<float>.Zero;
            var (row, activated) = (0, 0);
            if (_shape.Patches == 4 && Vector512.IsHardwareAccelerated)
            {
                // Four samples a tile, activated while what it has stored is near; the last tile may compute samples for nothing.
                for (; row + 8 <= rows; row += 16, activated += 4)
                {
                    before?.NextStage();
                    Activations16<TFunction>(w + f, bias, group, row, f);
                }
            }

            if (_shape.Patches == 4)
            {
                for (; row < rows; row += 4)
                {
                    before?.NextStage();
                    var r = _inputs + group.Offsets[row / 4];
                    PreActivations4(w + f, group, row, f, r, r + _shape.Dim, r + (2 * _shape.Dim), r + (3 * _shape.Dim));
                }
            }

            for (; row + 4 <= rows; row += 4) PreActivations4(w + f, group, row, f, Row(group, row), Row(group, row + 1), Row(group, row + 2), Row(group, row + 3));
            for (; row < rows; row++) PreActivations1(w + f, bias, group, row, f);
            Activate<TFunction>(group, activated, f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activations16<TFunction>(float* w, Vector512<float> bias, SampleGroup group, int row, int f)
        where TFunction : struct, IActivationFunction
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        var x = _inputs;
        var samples = group.Offsets + (row / 4);
        float* r0 = x + samples[0], r1 = x + samples[1], r2 = x + samples[2], r3 = x + samples[3];
        var z = Slopes(group, row, f);
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
        Activate4<TFunction>(z, group.Activations + (row / 4 * stride) + f);
    }

    /// <summary>
    /// Four samples of four patches: the sums of sigma, and its slopes in place of the pre-activations. These come from memory: kept
    /// in registers they would be spilled in the loop that makes them, unless the compiler has a profile.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Activate4<TFunction>(float* z, float* activation)
        where TFunction : struct, IActivationFunction
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

    // Eight sums of 256 bits, which AVX2 has registers for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PreActivations4(float* w, SampleGroup group, int row, int f, float* r0, float* r1, float* r2, float* r3)
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        var z = Slopes(group, row, f);
        Vector256<float> a0 = default, b0 = default;
        if (_shape.Bias) (a0, b0) = (Vector256.Load(w + (dim * stride)), Vector256.Load(w + (dim * stride) + Eight));
        Vector256<float> a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
        for (nint k = 0; k < dim; k++, w += stride)
        {
            var (lower, upper) = (Vector256.Load(w), Vector256.Load(w + Eight));
            var x0 = Vector256.Create(r0[k]);
            a0 = Vector256.FusedMultiplyAdd(x0, lower, a0);
            b0 = Vector256.FusedMultiplyAdd(x0, upper, b0);
            var x1 = Vector256.Create(r1[k]);
            a1 = Vector256.FusedMultiplyAdd(x1, lower, a1);
            b1 = Vector256.FusedMultiplyAdd(x1, upper, b1);
            var x2 = Vector256.Create(r2[k]);
            a2 = Vector256.FusedMultiplyAdd(x2, lower, a2);
            b2 = Vector256.FusedMultiplyAdd(x2, upper, b2);
            var x3 = Vector256.Create(r3[k]);
            a3 = Vector256.FusedMultiplyAdd(x3, lower, a3);
            b3 = Vector256.FusedMultiplyAdd(x3, upper, b3);
        }

        a0.Store(z);
        b0.Store(z + Eight);
        z += stride;
        a1.Store(z);
        b1.Store(z + Eight);
        z += stride;
        a2.Store(z);
        b2.Store(z + Eight);
        z += stride;
        a3.Store(z);
        b3.Store(z + Eight);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PreActivations1(float* w, Vector512<float> bias, SampleGroup group, int row, int f)
    {
        var r = Row(group, row);
        var a = bias;
        for (var k = 0; k < _shape.Dim; k++, w += _shape.Stride) a = Vector512.FusedMultiplyAdd(Vector512.Create(r[k]), Vector512.Load(w), a);
        a.Store(Slopes(group, row, f));
    }

    /// <summary>Sums sigma over a sample's patches, and replaces the pre-activations by sigma's slopes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate<TFunction>(SampleGroup group, int first, int f)
        where TFunction : struct, IActivationFunction
    {
        for (var s = first; s < group.Count; s++)
        {
            var z = Slopes(group, s * _shape.Patches, f);
            var (sum, slope) = TFunction.Apply(Vector512.Load(z));
            slope.Store(z);
            for (var p = 1; p < _shape.Patches; p++)
            {
                z += _shape.Stride;
                (var value, slope) = TFunction.Apply(Vector512.Load(z));
                slope.Store(z);
                sum += value;
            }

            sum.Store(group.Activations + (s * _shape.Stride) + f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Row(SampleGroup group, int row) => _inputs + group.Offsets[row / _shape.Patches] + (row % _shape.Patches * _shape.Dim);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Slopes(SampleGroup group, int row, int f) => group.Slopes + ((long)row * _shape.Stride) + f;

    private sealed class ForwardPassOf(PatchCnnKernel kernel) : IActivationSpecialisation<ForwardPass>
    {
        public ForwardPass For<TFunction>()
            where TFunction : struct, IActivationFunction => kernel.Forward<TFunction>;
    }
}
