using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Reduction;

/// <summary>
/// Sums of squares in double, in one fixed order: lane l of sixteen takes the elements i = l (mod 16) in ascending order by
/// fused multiply-add, then lanes are added pairwise, l + (l + 8), then + 4, + 2, + 1.
/// </summary>
internal static class FixedOrderSum
{
    private const int Lanes = 16;

    /// <summary>Sum of squares; scalar, for any element type: the reference.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="values">The elements.</param>
    public static double SquaresReference<T>(ReadOnlySpan<T> values)
        where T : IBinaryFloatingPointIeee754<T>
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            var value = double.CreateTruncating(values[i]);
            lanes[i % Lanes] = double.FusedMultiplyAdd(value, value, lanes[i % Lanes]);
        }

        return AddLanes(lanes);
    }

    /// <summary>Sum of squares; the same bits as <see cref="SquaresReference{T}"/>.</summary>
    /// <typeparam name="T">Element type; float is vectorised.</typeparam>
    /// <param name="values">The elements.</param>
    public static double Squares<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return SquaresReference(values);
        var floats = MemoryMarshal.Cast<T, float>(values);
        var (low, high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var whole = floats.Length - (floats.Length % Lanes);
        ref var first = ref MemoryMarshal.GetReference(floats);
        for (var i = 0; i < whole; i += Lanes)
        {
            var (lower, upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            low = Vector512.FusedMultiplyAdd(lower, lower, low);
            high = Vector512.FusedMultiplyAdd(upper, upper, high);
        }

        Span<double> lanes = stackalloc double[Lanes];
        low.CopyTo(lanes);
        high.CopyTo(lanes[8..]);
        for (var i = whole; i < floats.Length; i++)
            lanes[i - whole] = double.FusedMultiplyAdd(floats[i], floats[i], lanes[i - whole]);
        return AddLanes(lanes);
    }

    private static double AddLanes(Span<double> lanes)
    {
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var l = 0; l < half; l++) lanes[l] += lanes[l + half];
        }

        return lanes[0];
    }
}
