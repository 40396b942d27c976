using System.Numerics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>Accuracy and dispatch of a mixture on samples that its router dispatches.</summary>
/// <param name="Accuracy">Share of the samples that are classified correctly, in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy, natural logarithm; null if clusters are not known.</param>
/// <param name="Dispatch">Samples of each cluster at each expert: clusters x experts.</param>
/// <param name="Confusion">Samples of each class by the class predicted: classes x classes.</param>
internal sealed record RoutedEvaluation(double Accuracy, double? DispatchEntropy, int[][] Dispatch, int[][] Confusion)
{
    /// <summary>Routes and classifies all samples.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The mixture.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="purpose">With a draw of noise, or without noise.</param>
    /// <param name="version">Version of the weights, which names the draw of noise.</param>
    public static RoutedEvaluation Of<T>(RunSpec spec, MixtureWeights<T> weights, Samples<T> samples, RoutePurpose purpose, long version)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var classified = Classification.Of(spec, weights, samples, purpose, version);
        var dispatch = new DispatchCounts(samples.Clusters, spec.Model.Experts);
        // One output tells two classes apart.
        var classes = Math.Max(2, spec.Model.Outputs);
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (var i = 0; i < samples.Count; i++)
        {
            dispatch[samples.Cluster[i], classified.Expert[i]]++;
            confusion[samples.Labels[i]][classified.Predicted[i]]++;
        }

        return new RoutedEvaluation(classified.Accuracy(samples.Labels), samples.Clusters > 1 ? dispatch.Entropy() : null, dispatch.ToRows(), confusion);
    }
}
