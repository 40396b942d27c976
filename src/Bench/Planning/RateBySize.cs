using System.Collections.Immutable;

namespace MoeOrleans.Bench.Planning;

/// <summary>A cost that depends on how much memory is used, measured at a few sizes.</summary>
/// <param name="Points">The sizes in ascending order, at least one, with the cost at each.</param>
internal sealed record RateBySize(ImmutableArray<RatePoint> Points)
{
    /// <summary>The cost at a size: between two points by the logarithm of the size, outside that of the nearest point.</summary>
    /// <param name="bytes">The size.</param>
    public double At(double bytes)
    {
        for (var i = 0; i < Points.Length; i++)
        {
            if (bytes > Points[i].Bytes) continue;
            if (i == 0) break;
            var (low, high) = (Points[i - 1], Points[i]);
            var share = Math.Log(bytes / low.Bytes) / Math.Log(high.Bytes / low.Bytes);
            return low.Nanoseconds + (share * (high.Nanoseconds - low.Nanoseconds));
        }

        return bytes > Points[^1].Bytes ? Points[^1].Nanoseconds : Points[0].Nanoseconds;
    }
}

/// <summary>A cost at a size.</summary>
/// <param name="Bytes">The size.</param>
/// <param name="Nanoseconds">The cost.</param>
internal readonly record struct RatePoint(double Bytes, double Nanoseconds);
