using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoeOrleans.Compute.Experts.Mlp;

// The inner loops: eight rows by 32 columns in sixteen registers of 512 bits, for each term two vectors loaded and eight elements
// broadcast; narrower registers, of which there are fewer, have tiles of their own (MlpKernel.NarrowTiles.cs). A chain that is cut, by a
// block of inputs or by a chunk of samples, goes on from the floats that were stored.
internal sealed unsafe partial class MlpKernel
{
    /// <summary>Inputs at a time: a panel's weights of so many stay in the first-level cache for all tiles of samples, and the next ones beside them.</summary>
    private static int InputBlock => Vector512.IsHardwareAccelerated ? 128 : 64;

    /// <summary>Eight samples by a panel of hidden units; relu where these are the last inputs. For each of them some bytes ahead are asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hidden8(float* x, float* w, nint count, float* from, nint step, float* hidden, bool last, byte* ahead, nint pace)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Hidden8Narrow(x, w, count, from, step, hidden, last, ahead, pace);
            return;
        }

        var (a0, b0) = (Vector512.Load(from), Vector512.Load(from + Lanes));
        var (a1, b1) = (Vector512.Load(from + step), Vector512.Load(from + step + Lanes));
        var (a2, b2) = (Vector512.Load(from + (2 * step)), Vector512.Load(from + (2 * step) + Lanes));
        var (a3, b3) = (Vector512.Load(from + (3 * step)), Vector512.Load(from + (3 * step) + Lanes));
        var (a4, b4) = (Vector512.Load(from + (4 * step)), Vector512.Load(from + (4 * step) + Lanes));
        var (a5, b5) = (Vector512.Load(from + (5 * step)), Vector512.Load(from + (5 * step) + Lanes));
        var (a6, b6) = (Vector512.Load(from + (6 * step)), Vector512.Load(from + (6 * step) + Lanes));
        var (a7, b7) = (Vector512.Load(from + (7 * step)), Vector512.Load(from + (7 * step) + Lanes));
        for (nint k = 0; k < count; k++, x += Tile, w += Panel, ahead += pace)
        {
            if (Sse.IsSupported) Sse.Prefetch0(ahead);
            var (w0, w1) = (Vector512.Load(w), Vector512.Load(w + Lanes));
            var x0 = Vector512.Create(x[0]);
            a0 = Vector512.FusedMultiplyAdd(x0, w0, a0);
            b0 = Vector512.FusedMultiplyAdd(x0, w1, b0);
            var x1 = Vector512.Create(x[1]);
            a1 = Vector512.FusedMultiplyAdd(x1, w0, a1);
            b1 = Vector512.FusedMultiplyAdd(x1, w1, b1);
            var x2 = Vector512.Create(x[2]);
            a2 = Vector512.FusedMultiplyAdd(x2, w0, a2);
            b2 = Vector512.FusedMultiplyAdd(x2, w1, b2);
            var x3 = Vector512.Create(x[3]);
            a3 = Vector512.FusedMultiplyAdd(x3, w0, a3);
            b3 = Vector512.FusedMultiplyAdd(x3, w1, b3);
            var x4 = Vector512.Create(x[4]);
            a4 = Vector512.FusedMultiplyAdd(x4, w0, a4);
            b4 = Vector512.FusedMultiplyAdd(x4, w1, b4);
            var x5 = Vector512.Create(x[5]);
            a5 = Vector512.FusedMultiplyAdd(x5, w0, a5);
            b5 = Vector512.FusedMultiplyAdd(x5, w1, b5);
            var x6 = Vector512.Create(x[6]);
            a6 = Vector512.FusedMultiplyAdd(x6, w0, a6);
            b6 = Vector512.FusedMultiplyAdd(x6, w1, b6);
            var x7 = Vector512.Create(x[7]);
            a7 = Vector512.FusedMultiplyAdd(x7, w0, a7);
            b7 = Vector512.FusedMultiplyAdd(x7, w1, b7);
        }

        if (last)
        {
            (a0, b0) = (Relu(a0), Relu(b0));
            (a1, b1) = (Relu(a1), Relu(b1));
            (a2, b2) = (Relu(a2), Relu(b2));
            (a3, b3) = (Relu(a3), Relu(b3));
            (a4, b4) = (Relu(a4), Relu(b4));
            (a5, b5) = (Relu(a5), Relu(b5));
            (a6, b6) = (Relu(a6), Relu(b6));
            (a7, b7) = (Relu(a7), Relu(b7));
        }

        Store(hidden, a0, b0);
        Store(hidden + Panel, a1, b1);
        Store(hidden + (2 * Panel), a2, b2);
        Store(hidden + (3 * Panel), a3, b3);
        Store(hidden + (4 * Panel), a4, b4);
        Store(hidden + (5 * Panel), a5, b5);
        Store(hidden + (6 * Panel), a6, b6);
        Store(hidden + (7 * Panel), a7, b7);
    }

    /// <summary>Eight samples by one vector of outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Outputs8(nint s, float* w, float* bias, float* outputs)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Outputs8Narrow(s, w, bias, outputs);
            return;
        }

        var (stride, a0) = ((nint)_shape.OutputStride, Vector512.Load(bias));
        Vector512<float> a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        for (nint j = 0, panel = 0; j < _shape.Hidden; panel++)
        {
            var h = Hidden(panel, s);
            for (var end = Math.Min(j + Panel, _shape.Hidden); j < end; j++, h++, w += stride)
            {
                var v = Vector512.Load(w);
                a0 = Vector512.FusedMultiplyAdd(Vector512.Create(h[0]), v, a0);
                a1 = Vector512.FusedMultiplyAdd(Vector512.Create(h[Panel]), v, a1);
                a2 = Vector512.FusedMultiplyAdd(Vector512.Create(h[2 * Panel]), v, a2);
                a3 = Vector512.FusedMultiplyAdd(Vector512.Create(h[3 * Panel]), v, a3);
                a4 = Vector512.FusedMultiplyAdd(Vector512.Create(h[4 * Panel]), v, a4);
                a5 = Vector512.FusedMultiplyAdd(Vector512.Create(h[5 * Panel]), v, a5);
                a6 = Vector512.FusedMultiplyAdd(Vector512.Create(h[6 * Panel]), v, a6);
                a7 = Vector512.FusedMultiplyAdd(Vector512.Create(h[7 * Panel]), v, a7);
            }
        }

        a0.Store(outputs);
        a1.Store(outputs + stride);
        a2.Store(outputs + (2 * stride));
        a3.Store(outputs + (3 * stride));
        a4.Store(outputs + (4 * stride));
        a5.Store(outputs + (5 * stride));
        a6.Store(outputs + (6 * stride));
        a7.Store(outputs + (7 * stride));
    }

    /// <summary>Gradient of the output weights of a panel's units.</summary>
    private void AddOutputGradient(float* hidden, int units, in Chunk chunk, float* g)
    {
        var stride = (nint)_shape.OutputStride;
        for (nint c = 0; c < stride; c += Lanes)
        {
            var j = 0;
            for (; j + Tile <= units; j += Tile) SumBlocks(new OutputGradient8(this, hidden + j, _logits.Pointer + c), chunk, g + (j * stride) + c);
            for (; j < units; j++) SumBlocks(new OutputGradient1(this, hidden + j, _logits.Pointer + c), chunk, g + (j * stride) + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOutputGradient8(float* h, float* d, int count, float* from, float* g)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            AddOutputGradient8Narrow(h, d, count, from, g);
            return;
        }

        var stride = (nint)_shape.OutputStride;
        Vector512<float> a0 = Vector512.Load(from), a1 = Vector512.Load(from + stride), a2 = Vector512.Load(from + (2 * stride)), a3 = Vector512.Load(from + (3 * stride));
        Vector512<float> a4 = Vector512.Load(from + (4 * stride)), a5 = Vector512.Load(from + (5 * stride)), a6 = Vector512.Load(from + (6 * stride)), a7 = Vector512.Load(from + (7 * stride));
        for (nint s = 0; s < count; s++, h += Panel, d += stride)
        {
            var v = Vector512.Load(d);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(h[0]), v, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(h[1]), v, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(h[2]), v, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(h[3]), v, a3);
            a4 = Vector512.FusedMultiplyAdd(Vector512.Create(h[4]), v, a4);
            a5 = Vector512.FusedMultiplyAdd(Vector512.Create(h[5]), v, a5);
            a6 = Vector512.FusedMultiplyAdd(Vector512.Create(h[6]), v, a6);
            a7 = Vector512.FusedMultiplyAdd(Vector512.Create(h[7]), v, a7);
        }

        a0.Store(g);
        a1.Store(g + stride);
        a2.Store(g + (2 * stride));
        a3.Store(g + (3 * stride));
        a4.Store(g + (4 * stride));
        a5.Store(g + (5 * stride));
        a6.Store(g + (6 * stride));
        a7.Store(g + (7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOutputGradient1(float* h, float* d, int count, float* from, float* g)
    {
        var sum = Vector512.Load(from);
        for (nint s = 0; s < count; s++, h += Panel, d += _shape.OutputStride) sum = Vector512.FusedMultiplyAdd(Vector512.Create(*h), Vector512.Load(d), sum);
        sum.Store(g);
    }

    /// <summary>d loss / d pre-activation of a panel's units for four samples, in place of the hidden values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void HiddenGradients4(nint panel, nint s)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            HiddenGradients4Narrow(panel, s);
            return;
        }

        float* w = _transposed.Pointer + (panel * Panel), d = _logits.Pointer + (s * _shape.OutputStride);
        nint width = (nint)_shape.Panels * Panel, stride = _shape.OutputStride;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (nint c = 0; c < _shape.Outputs; c++, w += width, d++)
        {
            var (w0, w1) = (Vector512.Load(w), Vector512.Load(w + Lanes));
            var d0 = Vector512.Create(d[0]);
            a0 = Vector512.FusedMultiplyAdd(d0, w0, a0);
            b0 = Vector512.FusedMultiplyAdd(d0, w1, b0);
            var d1 = Vector512.Create(d[stride]);
            a1 = Vector512.FusedMultiplyAdd(d1, w0, a1);
            b1 = Vector512.FusedMultiplyAdd(d1, w1, b1);
            var d2 = Vector512.Create(d[2 * stride]);
            a2 = Vector512.FusedMultiplyAdd(d2, w0, a2);
            b2 = Vector512.FusedMultiplyAdd(d2, w1, b2);
            var d3 = Vector512.Create(d[3 * stride]);
            a3 = Vector512.FusedMultiplyAdd(d3, w0, a3);
            b3 = Vector512.FusedMultiplyAdd(d3, w1, b3);
        }

        var hidden = Hidden(panel, s);
        Store(hidden, WherePositive(hidden, a0), WherePositive(hidden + Lanes, b0));
        hidden += Panel;
        Store(hidden, WherePositive(hidden, a1), WherePositive(hidden + Lanes, b1));
        hidden += Panel;
        Store(hidden, WherePositive(hidden, a2), WherePositive(hidden + Lanes, b2));
        hidden += Panel;
        Store(hidden, WherePositive(hidden, a3), WherePositive(hidden + Lanes, b3));
    }

    /// <summary>Eight inputs by a panel of hidden units, over some samples of the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGradient8(float* x, float* d, int first, int count, float* from, float* g)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            AddGradient8Narrow(x, d, first, count, from, g);
            return;
        }

        var (a0, b0) = (Vector512.Load(from), Vector512.Load(from + Lanes));
        var (a1, b1) = (Vector512.Load(from + Panel), Vector512.Load(from + Panel + Lanes));
        var (a2, b2) = (Vector512.Load(from + (2 * Panel)), Vector512.Load(from + (2 * Panel) + Lanes));
        var (a3, b3) = (Vector512.Load(from + (3 * Panel)), Vector512.Load(from + (3 * Panel) + Lanes));
        var (a4, b4) = (Vector512.Load(from + (4 * Panel)), Vector512.Load(from + (4 * Panel) + Lanes));
        var (a5, b5) = (Vector512.Load(from + (5 * Panel)), Vector512.Load(from + (5 * Panel) + Lanes));
        var (a6, b6) = (Vector512.Load(from + (6 * Panel)), Vector512.Load(from + (6 * Panel) + Lanes));
        var (a7, b7) = (Vector512.Load(from + (7 * Panel)), Vector512.Load(from + (7 * Panel) + Lanes));
        d += (nint)first * Panel;
        for (int s = first, present, end = first + count; s < end; s += present)
        {
            present = Math.Min(Tile - (s % Tile), end - s);
            var element = Sample(x, s);
            for (var stop = d + (present * Panel); d < stop; d += Panel, element++)
            {
                var (d0, d1) = (Vector512.Load(d), Vector512.Load(d + Lanes));
                var x0 = Vector512.Create(element[0]);
                a0 = Vector512.FusedMultiplyAdd(x0, d0, a0);
                b0 = Vector512.FusedMultiplyAdd(x0, d1, b0);
                var x1 = Vector512.Create(element[Tile]);
                a1 = Vector512.FusedMultiplyAdd(x1, d0, a1);
                b1 = Vector512.FusedMultiplyAdd(x1, d1, b1);
                var x2 = Vector512.Create(element[2 * Tile]);
                a2 = Vector512.FusedMultiplyAdd(x2, d0, a2);
                b2 = Vector512.FusedMultiplyAdd(x2, d1, b2);
                var x3 = Vector512.Create(element[3 * Tile]);
                a3 = Vector512.FusedMultiplyAdd(x3, d0, a3);
                b3 = Vector512.FusedMultiplyAdd(x3, d1, b3);
                var x4 = Vector512.Create(element[4 * Tile]);
                a4 = Vector512.FusedMultiplyAdd(x4, d0, a4);
                b4 = Vector512.FusedMultiplyAdd(x4, d1, b4);
                var x5 = Vector512.Create(element[5 * Tile]);
                a5 = Vector512.FusedMultiplyAdd(x5, d0, a5);
                b5 = Vector512.FusedMultiplyAdd(x5, d1, b5);
                var x6 = Vector512.Create(element[6 * Tile]);
                a6 = Vector512.FusedMultiplyAdd(x6, d0, a6);
                b6 = Vector512.FusedMultiplyAdd(x6, d1, b6);
                var x7 = Vector512.Create(element[7 * Tile]);
                a7 = Vector512.FusedMultiplyAdd(x7, d0, a7);
                b7 = Vector512.FusedMultiplyAdd(x7, d1, b7);
            }
        }

        Store(g, a0, b0);
        Store(g + Panel, a1, b1);
        Store(g + (2 * Panel), a2, b2);
        Store(g + (3 * Panel), a3, b3);
        Store(g + (4 * Panel), a4, b4);
        Store(g + (5 * Panel), a5, b5);
        Store(g + (6 * Panel), a6, b6);
        Store(g + (7 * Panel), a7, b7);
    }

    /// <summary>One input by a panel of hidden units: what is left of the inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGradient1(float* x, float* d, int first, int count, float* from, float* g)
    {
        var (a, b) = (Vector512.Load(from), Vector512.Load(from + Lanes));
        d += (nint)first * Panel;
        for (var s = first; s < first + count; s++, d += Panel)
        {
            var element = Vector512.Create(*Sample(x, s));
            a = Vector512.FusedMultiplyAdd(element, Vector512.Load(d), a);
            b = Vector512.FusedMultiplyAdd(element, Vector512.Load(d + Lanes), b);
        }

        Store(g, a, b);
    }

    /// <summary>A sample's element of an input, of which <paramref name="x"/> is the first sample's.</summary>
    private float* Sample(float* x, int s) => x + ((nint)(s / Tile) * _tileLength) + (s % Tile);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(float* rows, nint stride, int count, float* from, float* sum)
    {
        var total = Vector512.Load(from);
        for (nint s = 0; s < count; s++, rows += stride) total += Vector512.Load(rows);
        total.Store(sum);
    }

    private static Vector512<float> Relu(Vector512<float> z) => Activations.Relu.Apply(z).Value;

    private static Vector512<float> WherePositive(float* hidden, Vector512<float> gradient) =>
        Vector512.GreaterThan(Vector512.Load(hidden), Vector512<float>.Zero) & gradient;

    private static void Store(float* to, Vector512<float> a, Vector512<float> b)
    {
        a.Store(to);
        b.Store(to + Lanes);
    }
}
