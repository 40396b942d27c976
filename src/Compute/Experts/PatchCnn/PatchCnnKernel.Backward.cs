using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Experts.PatchCnn;

// The backward pass: d loss / d w = sum over rows (a row is a patch) of dz x^T, row by row in sample and patch order. Lanes are
// elements of a row, so that they are loaded once for eight filters and a number of dz once for three vectors of elements: half
// the loads that lanes of filters would take, but the gradients come out filter by filter; their sum is transposed at the end.
// Meanwhile samples of the group after the next are asked for, a cache line or so at a time, so that no burst of requests stalls
// the multiplications.
internal sealed unsafe partial class PatchCnnKernel
{
    // Elements of the widest tile.
    private const int WideTile = 3 * Lanes;

    /// <summary>Adds the gradients of a part of the group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardGroup(float* g, int first, int count, bool fromZero)
    {
        var (stride, end) = ((nint)_shape.Stride, first + count);
        for (var f = 0; f < _shape.Stride; f += Lanes)
        {
            if (!Vector512.IsHardwareAccelerated)
            {
                BackwardNarrow(g + f, first, end, f, fromZero);
                continue;
            }

            var biases = _shape.Bias ? g + (_shape.Dim * stride) + f : null;
            float* upper = g + ((nint)f * _wholeDim), lower = upper + ((nint)Eight * _wholeDim);
            var k = 0;
            for (; k + WideTile <= _shape.Dim; k += WideTile)
            {
                var beside = k == 0 ? _beside : 0;
                AddGradient8x48(upper + k, k, beside > 0 ? g + (_wholeDim * stride) + f : null, _wholeDim, null, first, end, f, 0, fromZero);
                AddGradient8x48(lower + k, k, beside > 1 ? g + ((_wholeDim + 1) * stride) + f : null, _wholeDim + 1, k == 0 ? biases : null, first, end, f, Eight, fromZero);
            }

            for (; k + Lanes <= _shape.Dim; k += Lanes)
            {
                AddGradient8x16(upper + k, k, first, end, f, fromZero);
                AddGradient8x16(lower + k, k, first, end, f + Eight, fromZero);
            }

            if (_shape.Bias && _shape.Dim < WideTile) AddBiasGradients(biases, first, end, f, fromZero);
            for (k += _beside; k < _shape.Dim; k++) AddGradient1(g + (k * stride) + f, k, first, end, f, fromZero);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddBiasGradients(float* g, int first, int end, int f, bool fromZero)
    {
        var sum = fromZero ? Vector512<float>.Zero : Vector512.Load(g);
        var dz = Slopes(_group, first * _shape.Patches, f);
        for (var row = first * _shape.Patches; row < end * _shape.Patches; row++, dz += _shape.Stride) sum += Vector512.Load(dz);
        sum.Store(g);
    }

    // Eight of sixteen filters, 48 elements: 24 sums, which are as many chains of multiply-adds over the rows, more than enough to
    // hide an addition's latency. And one more for an element that is in no whole vector, of all sixteen filters.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGradient8x48(float* g, int k, float* besideGradient, int besideElement, float* biasGradient, int first, int end, int f, int eight, bool fromZero)
    {
        var (patches, dim, stride, length) = (_shape.Patches, _shape.Dim, (nint)_shape.Stride, (nint)_wholeDim);
        var dz = Slopes(_group, first * patches, f);
        nint* samples = _group.Offsets, afterNext = _afterNext.Offsets;
        var inputs = _inputs;
        // Where there is no such element, what is computed of another goes nowhere.
        var element = (nint)(besideGradient == null ? k : besideElement) - k;
        // Each half of the filters asks for half of the row.
        var ahead = k + (eight * 4);
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        Vector512<float> beside = default, biases = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        if (!fromZero)
        {
            (a0, b0, c0) = Load3(g);
            (a1, b1, c1) = Load3(g + length);
            (a2, b2, c2) = Load3(g + (2 * length));
            (a3, b3, c3) = Load3(g + (3 * length));
            (a4, b4, c4) = Load3(g + (4 * length));
            (a5, b5, c5) = Load3(g + (5 * length));
            (a6, b6, c6) = Load3(g + (6 * length));
            (a7, b7, c7) = Load3(g + (7 * length));
            if (besideGradient != null) beside = Vector512.Load(besideGradient);
            if (biasGradient != null) biases = Vector512.Load(biasGradient);
        }

        for (var s = first; s < end; s++)
        {
            var x = inputs + samples[s] + k;
            var next = inputs + afterNext[s] + ahead;
            for (var p = 0; p < patches; p++, x += dim, next += dim, dz += stride)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(next);
                    Sse.Prefetch0(next + Lanes);
                }

                var ofRow = Vector512.Load(dz);
                biases += ofRow;
                beside = Vector512.FusedMultiplyAdd(Vector512.Create(x[element]), ofRow, beside);
                var (x0, x1, x2) = Load3(x);
                var eightOfDz = dz + eight;
                var d = Vector512.Create(eightOfDz[0]);
                a0 = Vector512.FusedMultiplyAdd(x0, d, a0);
                b0 = Vector512.FusedMultiplyAdd(x1, d, b0);
                c0 = Vector512.FusedMultiplyAdd(x2, d, c0);
                d = Vector512.Create(eightOfDz[1]);
                a1 = Vector512.FusedMultiplyAdd(x0, d, a1);
                b1 = Vector512.FusedMultiplyAdd(x1, d, b1);
                c1 = Vector512.FusedMultiplyAdd(x2, d, c1);
                d = Vector512.Create(eightOfDz[2]);
                a2 = Vector512.FusedMultiplyAdd(x0, d, a2);
                b2 = Vector512.FusedMultiplyAdd(x1, d, b2);
                c2 = Vector512.FusedMultiplyAdd(x2, d, c2);
                d = Vector512.Create(eightOfDz[3]);
                a3 = Vector512.FusedMultiplyAdd(x0, d, a3);
                b3 = Vector512.FusedMultiplyAdd(x1, d, b3);
                c3 = Vector512.FusedMultiplyAdd(x2, d, c3);
                d = Vector512.Create(eightOfDz[4]);
                a4 = Vector512.FusedMultiplyAdd(x0, d, a4);
                b4 = Vector512.FusedMultiplyAdd(x1, d, b4);
                c4 = Vector512.FusedMultiplyAdd(x2, d, c4);
                d = Vector512.Create(eightOfDz[5]);
                a5 = Vector512.FusedMultiplyAdd(x0, d, a5);
                b5 = Vector512.FusedMultiplyAdd(x1, d, b5);
                c5 = Vector512.FusedMultiplyAdd(x2, d, c5);
                d = Vector512.Create(eightOfDz[6]);
                a6 = Vector512.FusedMultiplyAdd(x0, d, a6);
                b6 = Vector512.FusedMultiplyAdd(x1, d, b6);
                c6 = Vector512.FusedMultiplyAdd(x2, d, c6);
                d = Vector512.Create(eightOfDz[7]);
                a7 = Vector512.FusedMultiplyAdd(x0, d, a7);
                b7 = Vector512.FusedMultiplyAdd(x1, d, b7);
                c7 = Vector512.FusedMultiplyAdd(x2, d, c7);
            }
        }

        if (besideGradient != null) beside.Store(besideGradient);
        if (biasGradient != null) biases.Store(biasGradient);
        Store3(g, a0, b0, c0);
        Store3(g + length, a1, b1, c1);
        Store3(g + (2 * length), a2, b2, c2);
        Store3(g + (3 * length), a3, b3, c3);
        Store3(g + (4 * length), a4, b4, c4);
        Store3(g + (5 * length), a5, b5, c5);
        Store3(g + (6 * length), a6, b6, c6);
        Store3(g + (7 * length), a7, b7, c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second, Vector512<float> Third) Load3(float* x) =>
        (Vector512.Load(x), Vector512.Load(x + Lanes), Vector512.Load(x + (2 * Lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store3(float* x, Vector512<float> first, Vector512<float> second, Vector512<float> third)
    {
        first.Store(x);
        second.Store(x + Lanes);
        third.Store(x + (2 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGradient8x16(float* g, int k, int first, int end, int f, bool fromZero)
    {
        var (patches, dim, stride, length) = (_shape.Patches, _shape.Dim, (nint)_shape.Stride, (nint)_wholeDim);
        var dz = Slopes(_group, first * patches, f);
        nint* samples = _group.Offsets, afterNext = _afterNext.Offsets;
        var inputs = _inputs;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        if (!fromZero)
        {
            a0 = Vector512.Load(g);
            a1 = Vector512.Load(g + length);
            a2 = Vector512.Load(g + (2 * length));
            a3 = Vector512.Load(g + (3 * length));
            a4 = Vector512.Load(g + (4 * length));
            a5 = Vector512.Load(g + (5 * length));
            a6 = Vector512.Load(g + (6 * length));
            a7 = Vector512.Load(g + (7 * length));
        }

        for (var s = first; s < end; s++)
        {
            var x = inputs + samples[s] + k;
            var next = inputs + afterNext[s] + k;
            for (var p = 0; p < patches; p++, x += dim, next += dim, dz += stride)
            {
                if (Sse.IsSupported) Sse.Prefetch0(next);
                var v = Vector512.Load(x);
                a0 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[0]), a0);
                a1 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[1]), a1);
                a2 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[2]), a2);
                a3 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[3]), a3);
                a4 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[4]), a4);
                a5 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[5]), a5);
                a6 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[6]), a6);
                a7 = Vector512.FusedMultiplyAdd(v, Vector512.Create(dz[7]), a7);
            }
        }

        a0.Store(g);
        a1.Store(g + length);
        a2.Store(g + (2 * length));
        a3.Store(g + (3 * length));
        a4.Store(g + (4 * length));
        a5.Store(g + (5 * length));
        a6.Store(g + (6 * length));
        a7.Store(g + (7 * length));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGradient1(float* g, int k, int first, int end, int f, bool fromZero)
    {
        var dz = Slopes(_group, first * _shape.Patches, f);
        var sum = fromZero ? Vector512<float>.Zero : Vector512.Load(g);
        for (var s = first; s < end; s++)
        {
            var x = _inputs + _group.Offsets[s] + k;
            for (var p = 0; p < _shape.Patches; p++, x += _shape.Dim, dz += _shape.Stride) sum = Vector512.FusedMultiplyAdd(Vector512.Create(*x), Vector512.Load(dz), sum);
        }

        sum.Store(g);
    }

    /// <inheritdoc/>
    public void ToParameterOrder(Span<float> gradient) => Transpose(gradient, _shape.Stride, _wholeDim);

    /// <summary>Undoes <see cref="ToParameterOrder"/>.</summary>
    private void ToKernelOrder(Span<float> gradient) => Transpose(gradient, _wholeDim, _shape.Stride);

    /// <summary>Transposes the gradient's whole vectors of elements, [rows x columns], in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(Span<float> gradient, int rows, int columns)
    {
        gradient[.._untransposed.Length].CopyTo(_untransposed.Span);
        fixed (float* g = gradient)
        {
            for (nint r = 0; r < rows; r += Eight)
            {
                for (nint c = 0; c < columns; c += Eight) Transpose8.Move(_untransposed.Pointer + (r * columns) + c, columns, g + (c * rows) + r, rows);
            }
        }

        GC.KeepAlive(this);
    }
}
