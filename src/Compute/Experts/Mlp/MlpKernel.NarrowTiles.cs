using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoeOrleans.Compute.Experts.Mlp;

// The tiles for registers of fewer than 512 bits, of which there are sixteen: the same products, four rows by sixteen columns at a
// time, in eight sums that leave registers for two loads and a broadcast. A sum is the same chain as in the wide tiles.
internal sealed unsafe partial class MlpKernel
{
    private const int NarrowRows = 4;

    private static void Hidden8Narrow(float* x, float* w, nint count, float* from, nint step, float* hidden, bool last, byte* ahead, nint pace)
    {
        if (Sse.IsSupported)
        {
            for (nint b = 0; b < count * pace; b += FloatsPerCacheLine * sizeof(float)) Sse.Prefetch0(ahead + b);
        }

        for (var c = 0; c < Panel; c += Lanes)
        {
            for (var s = 0; s < Tile; s += NarrowRows)
                AddProduct4x16(x + s, 1, Tile, count, 0, w + c, Panel, count, from + (s * step) + c, step, hidden + (s * Panel) + c, Panel);
        }

        if (!last) return;
        for (var h = hidden; h < hidden + (Tile * Panel); h += Lanes) Relu(Vector512.Load(h)).Store(h);
    }

    private void Outputs8Narrow(nint s, float* w, float* bias, float* outputs)
    {
        nint stride = _shape.OutputStride;
        for (var r = 0; r < Tile; r += NarrowRows)
            AddProduct4x16(Hidden(0, s + r), Panel, 1, Panel, ((nint)_chunk - 1) * Panel, w, stride, _shape.Hidden, bias, 0, outputs + (r * stride), stride);
    }

    private void AddOutputGradient8Narrow(float* h, float* d, int count, float* from, float* g)
    {
        nint stride = _shape.OutputStride;
        for (var r = 0; r < Tile; r += NarrowRows)
            AddProduct4x16(h + r, 1, Panel, count, 0, d, stride, count, from + (r * stride), stride, g + (r * stride), stride);
    }

    private void HiddenGradients4Narrow(nint panel, nint s)
    {
        float* w = _transposed.Pointer + (panel * Panel), d = _logits.Pointer + (s * _shape.OutputStride);
        var gradients = stackalloc float[NarrowRows * Lanes];
        for (var c = 0; c < Panel; c += Lanes)
        {
            new Span<float>(gradients, NarrowRows * Lanes).Clear();
            AddProduct4x16(d, _shape.OutputStride, 1, _shape.Outputs, 0, w + c, (nint)_shape.Panels * Panel, _shape.Outputs, gradients, Lanes, gradients, Lanes);
            var hidden = Hidden(panel, s) + c;
            for (var r = 0; r < NarrowRows; r++, hidden += Panel) WherePositive(hidden, Vector512.Load(gradients + (r * Lanes))).Store(hidden);
        }
    }

    private void AddGradient8Narrow(float* x, float* d, int first, int count, float* from, float* g)
    {
        var end = first + count;
        for (var present = 0; first < end; first += present, from = g)
        {
            // To the end of its tile; then whole tiles.
            present = first % Tile == 0 ? end - first : Math.Min(Tile - (first % Tile), end - first);
            AddGradient8Narrow(Sample(x, first), d + ((nint)first * Panel), present, from, g);
        }
    }

    private void AddGradient8Narrow(float* x, float* d, int count, float* from, float* g)
    {
        for (var c = 0; c < Panel; c += Lanes)
        {
            for (var r = 0; r < Tile; r += NarrowRows)
            {
                var at = (r * Panel) + c;
                AddProduct4x16(x + (r * Tile), Tile, 1, Tile, _tileLength - Tile, d + c, Panel, count, from + at, Panel, g + at, Panel);
            }
        }
    }

    /// <summary>to[r, c] = from[r, c] + sum over terms of a[r, term] b[term, c], a chain in ascending order.</summary>
    /// <param name="a">First row's first term.</param>
    /// <param name="row">From a row of a to the next.</param>
    /// <param name="step">From a term of a to the next.</param>
    /// <param name="run">Terms until a goes on elsewhere.</param>
    /// <param name="skip">How much further, in addition to the step.</param>
    /// <param name="b">First term's sixteen columns.</param>
    /// <param name="bStep">From a term of b to the next.</param>
    /// <param name="terms">Number of terms.</param>
    /// <param name="from">Where the chains begin.</param>
    /// <param name="fromRow">From a row of those to the next.</param>
    /// <param name="to">Receives the sums.</param>
    /// <param name="toRow">From a row of those to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProduct4x16(
        float* a, nint row, nint step, nint run, nint skip, float* b, nint bStep, nint terms, float* from, nint fromRow, float* to, nint toRow)
    {
        var (s0, t0) = (Vector256.Load(from), Vector256.Load(from + 8));
        var (s1, t1) = (Vector256.Load(from + fromRow), Vector256.Load(from + fromRow + 8));
        var (s2, t2) = (Vector256.Load(from + (2 * fromRow)), Vector256.Load(from + (2 * fromRow) + 8));
        var (s3, t3) = (Vector256.Load(from + (3 * fromRow)), Vector256.Load(from + (3 * fromRow) + 8));
        float* a1 = a + row, a2 = a1 + row, a3 = a2 + row;
        for (nint k = 0; terms > 0; terms -= run, k += skip)
        {
            for (var end = b + (nint.Min(run, terms) * bStep); b < end; b += bStep, k += step)
            {
                var (lower, upper) = (Vector256.Load(b), Vector256.Load(b + 8));
                var x = Vector256.Create(a[k]);
                s0 = Vector256.FusedMultiplyAdd(x, lower, s0);
                t0 = Vector256.FusedMultiplyAdd(x, upper, t0);
                x = Vector256.Create(a1[k]);
                s1 = Vector256.FusedMultiplyAdd(x, lower, s1);
                t1 = Vector256.FusedMultiplyAdd(x, upper, t1);
                x = Vector256.Create(a2[k]);
                s2 = Vector256.FusedMultiplyAdd(x, lower, s2);
                t2 = Vector256.FusedMultiplyAdd(x, upper, t2);
                x = Vector256.Create(a3[k]);
                s3 = Vector256.FusedMultiplyAdd(x, lower, s3);
                t3 = Vector256.FusedMultiplyAdd(x, upper, t3);
            }
        }

        s0.Store(to);
        t0.Store(to + 8);
        to += toRow;
        s1.Store(to);
        t1.Store(to + 8);
        to += toRow;
        s2.Store(to);
        t2.Store(to + 8);
        to += toRow;
        s3.Store(to);
        t3.Store(to + 8);
    }
}
