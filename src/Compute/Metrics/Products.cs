using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Metrics;

/// <summary>
/// Products of weights and the data's signals, which are unit vectors: what the router and the experts have learned of the signals
/// (paper, sections 4 and 5.2).
/// </summary>
/// <param name="RouterCentre">Experts x clusters: |&lt;theta_m, c_k&gt;|; empty without a router, as is the next.</param>
/// <param name="RouterFeature">Experts x clusters: |&lt;theta_m, v_k&gt;|.</param>
/// <param name="ExpertCentre">Experts x clusters: max_j |&lt;w_mj, c_k&gt;|.</param>
/// <param name="ExpertFeature">Experts x clusters: max_j |&lt;w_mj, v_k&gt;|.</param>
internal sealed record Products(double[][] RouterCentre, double[][] RouterFeature, double[][] ExpertCentre, double[][] ExpertFeature)
{
    /// <summary>Computes the products of a mixture.</summary>
    /// <param name="weights">The mixture; its experts' first tensor holds vectors of length d: a filter's, or a hidden unit's weights of a patch.</param>
    /// <param name="signals">The data's signals.</param>
    public static Products Of(MixtureWeights<float> weights, Signals signals)
    {
        var dim = signals.Centre[0].Length;
        var router = weights.Router.Chunk(dim).ToArray();
        var filters = new float[weights.Experts.Count][];
        for (var m = 0; m < filters.Length; m++)
        {
            filters[m] = new float[weights.Layout.Tensors[0].ElementCount];
            weights.Layout.Tensors[0].Export<float>(weights.Experts[m], filters[m]);
        }

        return new Products(Largest(router, signals.Centre), Largest(router, signals.Feature), Largest(filters, signals.Centre), Largest(filters, signals.Feature));
    }

    private static double[][] Largest(float[][] vectors, IReadOnlyList<double[]> signals) =>
        [.. vectors.Select(rows => signals.Select(signal => Largest(rows, signal)).ToArray())];

    private static double Largest(float[] rows, double[] signal)
    {
        var largest = 0.0;
        for (var start = 0; start < rows.Length; start += signal.Length)
        {
            var product = 0.0;
            for (var k = 0; k < signal.Length; k++) product = double.FusedMultiplyAdd(rows[start + k], signal[k], product);
            largest = Math.Max(largest, Math.Abs(product));
        }

        return largest;
    }
}
