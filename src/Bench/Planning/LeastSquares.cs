namespace MoeOrleans.Bench.Planning;

/// <summary>Fits costs to measured times.</summary>
internal static class LeastSquares
{
    private const int Sweeps = 20_000;

    /// <summary>
    /// The costs, none negative, whose sums are nearest to the times in ratio: minimises the sum of (counts * costs / time - 1)^2 by
    /// coordinate descent, which converges because the function is convex.
    /// </summary>
    /// <param name="counts">A row for each measurement: how often each cost occurs.</param>
    /// <param name="times">The measured times, above 0.</param>
    public static double[] Fit(IReadOnlyList<double[]> counts, IReadOnlyList<double> times)
    {
        var costs = new double[counts[0].Length];
        double[][] rows = [.. counts.Select((row, i) => row.Select(count => count / times[i]).ToArray())];
        var rest = Enumerable.Repeat(1.0, rows.Length).ToArray();
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var c = 0; c < costs.Length; c++)
            {
                var (along, square) = (0.0, 0.0);
                for (var i = 0; i < rows.Length; i++) (along, square) = (along + (rows[i][c] * rest[i]), square + (rows[i][c] * rows[i][c]));
                if (square == 0) continue;
                var change = Math.Max(-costs[c], along / square);
                costs[c] += change;
                for (var i = 0; i < rows.Length; i++) rest[i] -= rows[i][c] * change;
            }
        }

        return costs;
    }
}
