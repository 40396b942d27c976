using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoeOrleans.Compute.Experts.PatchCnn;

// The backward pass for registers of fewer than 512 bits, of which there are sixteen: lanes are filters, as in the forward pass, so
// that ten sums leave registers for two loads and a broadcast, and nothing is to be transposed. The paper's 50 elements are ten tiles.
internal sealed unsafe partial class PatchCnnKernel
{
    private const int NarrowTile = 5;

    /// <summary>Adds the gradients of sixteen filters of a part of the group.</summary>
    private void BackwardNarrow(float* g, int first, int end, int f, bool fromZero)
    {
        nint stride = _shape.Stride;
        var k = AddGradients16x5(g, first, end, f, fromZero);
        for (; k < _shape.Dim; k++) AddGradient1(g + (k * stride), k, first, end, f, fromZero);
        if (_shape.Bias) AddBiasGradients(g + (_shape.Dim * stride), first, end, f, fromZero);
    }

    /// <summary>All elements but the few that fill no tile.</summary>
    /// <returns>The first of those.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AddGradients16x5(float* g, int first, int end, int f, bool fromZero)
    {
        var (patches, dim, stride) = (_shape.Patches, (nint)_shape.Dim, (nint)_shape.Stride);
        var slopes = Slopes(_group, first * patches, f);
        nint* samples = _group.Offsets, afterNext = _afterNext.Offsets;
        float* inputs = _inputs, ahead = inputs;
        var k = 0;
        // Each tile asks for its share of the samples that are asked for, so that requests are spread evenly.
        for (; k + NarrowTile <= dim; k += NarrowTile, inputs += NarrowTile, ahead += NarrowTile * patches)
        {
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
            Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
            if (!fromZero)
            {
                var from = g;
                (a0, b0) = Load2(from);
                (a1, b1) = Load2(from += stride);
                (a2, b2) = Load2(from += stride);
                (a3, b3) = Load2(from += stride);
                (a4, b4) = Load2(from + stride);
            }

            var dz = slopes;
            for (var s = first; s < end; s++)
            {
                float* x = inputs + samples[s], next = ahead + afterNext[s];
                for (var p = 0; p < patches; p++, x += dim, next += NarrowTile, dz += stride)
                {
                    if (Sse.IsSupported) Sse.Prefetch0(next);
                    var (lower, upper) = Load2(dz);
                    var element = Vector256.Create(x[0]);
                    a0 = Vector256.FusedMultiplyAdd(element, lower, a0);
                    b0 = Vector256.FusedMultiplyAdd(element, upper, b0);
                    element = Vector256.Create(x[1]);
                    a1 = Vector256.FusedMultiplyAdd(element, lower, a1);
                    b1 = Vector256.FusedMultiplyAdd(element, upper, b1);
                    element = Vector256.Create(x[2]);
                    a2 = Vector256.FusedMultiplyAdd(element, lower, a2);
                    b2 = Vector256.FusedMultiplyAdd(element, upper, b2);
                    element = Vector256.Create(x[3]);
                    a3 = Vector256.FusedMultiplyAdd(element, lower, a3);
                    b3 = Vector256.FusedMultiplyAdd(element, upper, b3);
                    element = Vector256.Create(x[4]);
                    a4 = Vector256.FusedMultiplyAdd(element, lower, a4);
                    b4 = Vector256.FusedMultiplyAdd(element, upper, b4);
                }
            }

            Store2(g, a0, b0);
            Store2(g += stride, a1, b1);
            Store2(g += stride, a2, b2);
            Store2(g += stride, a3, b3);
            Store2(g += stride, a4, b4);
            g += stride;
        }

        return k;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Lower, Vector256<float> Upper) Load2(float* x) => (Vector256.Load(x), Vector256.Load(x + Eight));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store2(float* x, Vector256<float> lower, Vector256<float> upper)
    {
        lower.Store(x);
        upper.Store(x + Eight);
    }
}
