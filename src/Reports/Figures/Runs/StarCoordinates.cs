using MoeOrleans.Compute.Data;
using ScottPlot;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>
/// Places samples in two dimensions so that their clusters show. With s the sum of a sample's patches (all that the router sees) and
/// u_k the direction at angle 2 pi k / K, the place is the sum over k of &lt;s, c_k&gt; u_k + 0.35 &lt;s, v_k&gt; u_k^perp: each cluster
/// is a ray, and its label pushes a sample to one side of it.
/// </summary>
/// <param name="signals">The data's signals.</param>
internal sealed class StarCoordinates(Signals signals)
{
    // Smaller than 1, so that features do not hide the rays.
    private const double FeaturePart = 0.35;

    /// <summary>Direction of a cluster's ray, from the top on, clockwise.</summary>
    public (double X, double Y) Direction(int cluster)
    {
        var angle = 2 * Math.PI * cluster / signals.Centre.Count;
        return (Math.Sin(angle), Math.Cos(angle));
    }

    /// <summary>Place of a sample.</summary>
    /// <param name="patchSum">Sum of its patches, of length d.</param>
    public Coordinates Of(ReadOnlySpan<float> patchSum)
    {
        var x = 0.0;
        var y = 0.0;
        for (var k = 0; k < signals.Centre.Count; k++)
        {
            var along = Dot(patchSum, signals.Centre[k]);
            var across = FeaturePart * Dot(patchSum, signals.Feature[k]);
            var (ux, uy) = Direction(k);
            x += (along * ux) - (across * uy);
            y += (along * uy) + (across * ux);
        }

        return new Coordinates(x, y);
    }

    private static double Dot(ReadOnlySpan<float> a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < b.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
