using MoeOrleans.Compute.Randomness;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// The 2K mutually orthonormal vectors of a cluster data set (paper, section 3.1): feature signals v_1..v_K and
/// cluster-centre signals c_1..c_K.
/// </summary>
/// <param name="Feature">K vectors of length d.</param>
/// <param name="Centre">K vectors of length d.</param>
public sealed record Signals(IReadOnlyList<double[]> Feature, IReadOnlyList<double[]> Centre)
{
    /// <summary>Draws the vectors: normal vectors, orthonormalised by the modified Gram-Schmidt process, twice.</summary>
    /// <param name="seed">Seed of the data.</param>
    /// <param name="clusters">Number of clusters K.</param>
    /// <param name="dim">Patch length d, at least 2K.</param>
    /// <exception cref="ArgumentException"><paramref name="dim"/> is too small.</exception>
    public static Signals Draw(long seed, int clusters, int dim)
    {
        if (dim < 2 * clusters) throw new ArgumentException($"{2 * clusters} orthonormal vectors do not fit in {dim} dimensions.", nameof(dim));
        var frame = new List<double[]>();
        for (var i = 0; i < 2 * clusters; i++)
        {
            var draws = new RandomSequence(seed, DrawPurpose.Signals, i);
            var vector = new double[dim];
            for (var k = 0; k < dim; k++) vector[k] = draws.NextNormal();
            Orthonormalise(vector, frame);
            Orthonormalise(vector, frame);
            frame.Add(vector);
        }

        return new Signals(frame.GetRange(0, clusters), frame.GetRange(clusters, clusters));
    }

    private static void Orthonormalise(double[] vector, List<double[]> frame)
    {
        foreach (var other in frame)
        {
            var overlap = Dot(vector, other);
            for (var k = 0; k < vector.Length; k++) vector[k] = double.FusedMultiplyAdd(-overlap, other[k], vector[k]);
        }

        var norm = Math.Sqrt(Dot(vector, vector));
        for (var k = 0; k < vector.Length; k++) vector[k] /= norm;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++) sum = double.FusedMultiplyAdd(a[k], b[k], sum);
        return sum;
    }
}
