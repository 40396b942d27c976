using System.Runtime.InteropServices;

namespace MoeOrleans.Compute.Tests;

/// <summary>Comparison of numbers by their bits: +0 is not -0, and nothing is near enough.</summary>
internal static class BitEquality
{
    public static void ShouldHaveTheBitsOf<T>(this T[] actual, ReadOnlySpan<T> expected, string what)
        where T : unmanaged => ShouldHaveTheBitsOf((ReadOnlySpan<T>)actual, expected, what);

    public static void ShouldHaveTheBitsOf<T>(this ReadOnlySpan<T> actual, ReadOnlySpan<T> expected, string what)
        where T : unmanaged
    {
        actual.Length.ShouldBe(expected.Length, what);
        if (MemoryMarshal.AsBytes(actual).SequenceEqual(MemoryMarshal.AsBytes(expected))) return;
        for (var i = 0; i < actual.Length; i++)
        {
            if (!MemoryMarshal.AsBytes(actual.Slice(i, 1)).SequenceEqual(MemoryMarshal.AsBytes(expected.Slice(i, 1))))
                Assert.Fail($"{what}: element {i} of {actual.Length} is {actual[i]:R} instead of {expected[i]:R}.");
        }
    }

    public static void ShouldHaveTheBitsOf(this double actual, double expected, string what) =>
        BitConverter.DoubleToInt64Bits(actual).ShouldBe(BitConverter.DoubleToInt64Bits(expected), $"{what}: {actual:R} instead of {expected:R}");
}
