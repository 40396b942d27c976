using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Experts;

// The inner loops: tiles of 16, 4 and 1 rows (a row is a patch) by 16 filters. A weight vector is loaded once for a tile; an
// element of a row is broadcast. Tiles of 16 take four runs of four patches of one sample each, so that four pointers and
// four offsets reach all rows.
public sealed unsafe partial class PatchCnn
{
    private void PreActivations16(float* w, Vector512<float> bias, int row, int f)
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        float* r0 = Row(row), r1 = Row(row + 4), r2 = Row(row + 8), r3 = Row(row + 12);
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

        var z = Slopes(row, f);
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
    }

    private void PreActivations4(float* w, Vector512<float> bias, int row, int f)
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        float* r0 = Row(row), r1 = Row(row + 1), r2 = Row(row + 2), r3 = Row(row + 3);
        Vector512<float> a0 = bias, a1 = bias, a2 = bias, a3 = bias;
        for (nint k = 0; k < dim; k++, w += stride)
        {
            var weight = Vector512.Load(w);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(r0[k]), weight, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[k]), weight, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[k]), weight, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[k]), weight, a3);
        }

        var z = Slopes(row, f);
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
        a.Store(Slopes(row, f));
    }

    private void AddGradient16(float* g, int row, int f)
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        float* r0 = Row(row), r1 = Row(row + 4), r2 = Row(row + 8), r3 = Row(row + 12);
        var dz = Slopes(row, f);
        Vector512<float> d0 = Vector512.Load(dz), d1 = Vector512.Load(dz + stride), d2 = Vector512.Load(dz + (2 * stride)), d3 = Vector512.Load(dz + (3 * stride));
        Vector512<float> d4 = Vector512.Load(dz + (4 * stride)), d5 = Vector512.Load(dz + (5 * stride)), d6 = Vector512.Load(dz + (6 * stride)), d7 = Vector512.Load(dz + (7 * stride));
        Vector512<float> d8 = Vector512.Load(dz + (8 * stride)), d9 = Vector512.Load(dz + (9 * stride)), d10 = Vector512.Load(dz + (10 * stride)), d11 = Vector512.Load(dz + (11 * stride));
        Vector512<float> d12 = Vector512.Load(dz + (12 * stride)), d13 = Vector512.Load(dz + (13 * stride)), d14 = Vector512.Load(dz + (14 * stride)), d15 = Vector512.Load(dz + (15 * stride));
        var (p1, p2, p3) = (dim, 2 * dim, 3 * dim);
        for (nint k = 0; k < dim; k++, g += stride)
        {
            var sum = Vector512.Load(g);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r0[k]), d0, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r0[p1 + k]), d1, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r0[p2 + k]), d2, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r0[p3 + k]), d3, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r1[k]), d4, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r1[p1 + k]), d5, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r1[p2 + k]), d6, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r1[p3 + k]), d7, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r2[k]), d8, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r2[p1 + k]), d9, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r2[p2 + k]), d10, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r2[p3 + k]), d11, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r3[k]), d12, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r3[p1 + k]), d13, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r3[p2 + k]), d14, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r3[p3 + k]), d15, sum);
            sum.Store(g);
        }
    }

    private void AddGradient4(float* g, int row, int f)
    {
        var (stride, dim) = ((nint)_shape.Stride, (nint)_shape.Dim);
        float* r0 = Row(row), r1 = Row(row + 1), r2 = Row(row + 2), r3 = Row(row + 3);
        var dz = Slopes(row, f);
        Vector512<float> d0 = Vector512.Load(dz), d1 = Vector512.Load(dz + stride), d2 = Vector512.Load(dz + (2 * stride)), d3 = Vector512.Load(dz + (3 * stride));
        for (nint k = 0; k < dim; k++, g += stride)
        {
            var sum = Vector512.Load(g);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r0[k]), d0, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r1[k]), d1, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r2[k]), d2, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(r3[k]), d3, sum);
            sum.Store(g);
        }
    }

    private void AddGradient1(float* g, int row, int f)
    {
        var r = Row(row);
        var dz = Vector512.Load(Slopes(row, f));
        for (var k = 0; k < _shape.Dim; k++, g += _shape.Stride) Vector512.FusedMultiplyAdd(Vector512.Create(r[k]), dz, Vector512.Load(g)).Store(g);
    }

    private void AddBiasGradient(float* g, int rows, int f)
    {
        var sum = Vector512.Load(g);
        for (var row = 0; row < rows; row++) sum += Vector512.Load(Slopes(row, f));
        sum.Store(g);
    }

    private float* Row(int row) => (float*)_rows.Pointer[row];

    private float* Slopes(int row, int f) => _slopes.Pointer + ((long)row * _shape.Stride) + f;
}
