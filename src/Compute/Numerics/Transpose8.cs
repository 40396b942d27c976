using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoeOrleans.Compute.Numerics;

/// <summary>Transposes eight rows of eight floats in registers.</summary>
internal static unsafe class Transpose8
{
    /// <summary>Reads eight rows of eight and stores them as columns.</summary>
    /// <param name="rows">The first row.</param>
    /// <param name="rowStride">From one row to the next.</param>
    /// <param name="columns">Receives the first column.</param>
    /// <param name="columnStride">From one column to the next.</param>
    public static void Move(float* rows, nint rowStride, float* columns, nint columnStride) => Store(
        Vector256.Load(rows), Vector256.Load(rows + rowStride), Vector256.Load(rows + (2 * rowStride)), Vector256.Load(rows + (3 * rowStride)),
        Vector256.Load(rows + (4 * rowStride)), Vector256.Load(rows + (5 * rowStride)), Vector256.Load(rows + (6 * rowStride)), Vector256.Load(rows + (7 * rowStride)),
        columns, columnStride);

    /// <summary>Stores column c of the rows at <paramref name="columns"/> + c <paramref name="stride"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, Vector256<float> r4, Vector256<float> r5, Vector256<float> r6, Vector256<float> r7,
        float* columns, nint stride = 8)
    {
        if (!Avx.IsSupported)
        {
            var rows = stackalloc Vector256<float>[8] { r0, r1, r2, r3, r4, r5, r6, r7 };
            for (var c = 0; c < 8; c++)
            {
                for (var r = 0; r < 8; r++) columns[(stride * c) + r] = ((float*)rows)[(8 * r) + c];
            }

            return;
        }

        var (a0, a1, a2, a3) = Quarter(r0, r1, r2, r3);
        var (b0, b1, b2, b3) = Quarter(r4, r5, r6, r7);
        Avx.Permute2x128(a0, b0, 0x20).Store(columns);
        Avx.Permute2x128(a1, b1, 0x20).Store(columns + stride);
        Avx.Permute2x128(a2, b2, 0x20).Store(columns + (2 * stride));
        Avx.Permute2x128(a3, b3, 0x20).Store(columns + (3 * stride));
        Avx.Permute2x128(a0, b0, 0x31).Store(columns + (4 * stride));
        Avx.Permute2x128(a1, b1, 0x31).Store(columns + (5 * stride));
        Avx.Permute2x128(a2, b2, 0x31).Store(columns + (6 * stride));
        Avx.Permute2x128(a3, b3, 0x31).Store(columns + (7 * stride));
    }

    // Columns c and c + 4 of four rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> C0, Vector256<float> C1, Vector256<float> C2, Vector256<float> C3) Quarter(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3)
    {
        var low01 = Avx.UnpackLow(r0, r1);
        var high01 = Avx.UnpackHigh(r0, r1);
        var low23 = Avx.UnpackLow(r2, r3);
        var high23 = Avx.UnpackHigh(r2, r3);
        return (
            Avx.Shuffle(low01, low23, 0x44), Avx.Shuffle(low01, low23, 0xEE),
            Avx.Shuffle(high01, high23, 0x44), Avx.Shuffle(high01, high23, 0xEE));
    }
}
