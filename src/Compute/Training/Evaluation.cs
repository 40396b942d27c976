using System.Numerics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>Test accuracy of a mixture, computed in one place: the oracle of the grains' evaluation.</summary>
public static class Evaluation
{
    /// <summary>Samples classified rightly, in percent.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The mixture.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="purpose">With a draw of noise, or without noise.</param>
    /// <param name="version">Version of the weights, which names the draw of noise.</param>
    public static double Accuracy<T>(RunSpec spec, MixtureWeights<T> weights, Samples<T> samples, RoutePurpose purpose, long version)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var routed = new RoutedSamples<T>(spec.Routing, samples.Count, spec.Model.Experts);
        for (var i = 0; i < samples.Count; i++) routed.Indexes[i] = i;
        new NoisyTopOne<T>(spec.Routing, new RouterScores<T>(weights.Router, spec.Model.Experts), new RouterNoise<T>(spec.Routing, spec.Training.Seed))
            .Route(purpose, version, samples.PatchSums, routed, 0, samples.Count);
        var expert = ExpertKinds.Create<T>(spec.Model, samples.Dim, samples.Patches);
        var hits = 0;
        foreach (var (m, dispatch) in DispatchGrouping.Group(routed, new(0, 1), samples.Count).Index())
        {
            var predictions = new int[dispatch.Count];
            expert.Predict(weights.Experts[m], new LeafSamples<T>(samples.Inputs, samples.Labels, dispatch.Indexes, dispatch.Gates), predictions);
            for (var i = 0; i < predictions.Length; i++) hits += predictions[i] == samples.Labels[dispatch.Indexes[i]] ? 1 : 0;
        }

        return 100.0 * hits / samples.Count;
    }
}
