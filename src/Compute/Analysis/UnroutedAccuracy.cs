using System.Numerics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>Accuracy of every expert on every cluster's samples without the router, which theorem 4.2 makes a claim about.</summary>
internal static class UnroutedAccuracy
{
    /// <summary>Share of the samples that an expert alone (gate 1) classifies correctly, in percent.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The mixture.</param>
    /// <param name="samples">The samples.</param>
    /// <returns>Clusters x experts; NaN for a cluster without samples.</returns>
    public static double[][] Of<T>(RunSpec spec, MixtureWeights<T> weights, Samples<T> samples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var expert = ExpertKinds.Create<T>(spec.Model, samples.Dim, samples.Patches);
        var indexes = Enumerable.Range(0, samples.Count).ToArray();
        var gates = new T[samples.Count];
        Array.Fill(gates, T.One);
        var hits = new int[samples.Clusters, weights.Experts.Count];
        var counts = new int[samples.Clusters];
        foreach (var cluster in samples.Cluster) counts[cluster]++;
        var predictions = new int[samples.Count];
        for (var m = 0; m < weights.Experts.Count; m++)
        {
            expert.Predict(weights.Experts[m], new BlockSamples<T>(samples.Inputs.Span, samples.Labels, indexes, gates), predictions);
            for (var i = 0; i < predictions.Length; i++) hits[samples.Cluster[i], m] += predictions[i] == samples.Labels[i] ? 1 : 0;
        }

        return [.. Enumerable.Range(0, samples.Clusters).Select(k => Enumerable.Range(0, weights.Experts.Count).Select(m => 100.0 * hits[k, m] / counts[k]).ToArray())];
    }
}
