using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoeOrleans.Compute.Randomness;

internal static partial class Philox4x32
{
    /// <summary>Counters that <see cref="Block(ref Vector512{ulong}, ref Vector512{ulong}, ref Vector512{ulong}, ref Vector512{ulong}, ulong)"/> encrypts together.</summary>
    public const int VectorCounters = 8;

    /// <summary>
    /// Encrypts eight counters at once, each word in the lower half of a lane, to the words of <see cref="Block(PhiloxBlock, ulong)"/>.
    /// The upper halves may hold any value, before and after.
    /// </summary>
    /// <param name="c0">First words of the counters; receives the first random words.</param>
    /// <param name="c1">Second words.</param>
    /// <param name="c2">Third words.</param>
    /// <param name="c3">Fourth words.</param>
    /// <param name="key">The 64-bit key; its low word is the first key word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block(ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, ulong key)
    {
        var (x0, x1, x2, x3) = (c0, c1, c2, c3);
        var (multiplier0, multiplier1) = (Vector512.Create((ulong)Multiplier0), Vector512.Create((ulong)Multiplier1));
        var k0 = (uint)key;
        var k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = Multiply(x0, multiplier0);
            var product1 = Multiply(x2, multiplier1);
            x0 = (product1 >>> 32) ^ x1 ^ Vector512.Create((ulong)k0);
            x1 = product1;
            x2 = (product0 >>> 32) ^ x3 ^ Vector512.Create((ulong)k1);
            x3 = product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        (c0, c1, c2, c3) = (x0, x1, x2, x3);
    }

    /// <summary>Products of the lower halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right)
    {
        if (Avx512F.IsSupported) return Avx512F.Multiply(left.AsUInt32(), right.AsUInt32());
        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.Multiply(left.GetLower().AsUInt32(), right.GetLower().AsUInt32()), Avx2.Multiply(left.GetUpper().AsUInt32(), right.GetUpper().AsUInt32()));
        }

        return (left & Vector512.Create((ulong)uint.MaxValue)) * right;
    }
}
