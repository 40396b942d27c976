using System.Numerics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>A mixture's classification of samples, computed in one place. Tests compare the grains' evaluation with it.</summary>
/// <param name="Predicted">Class of each sample.</param>
/// <param name="Expert">The expert that each sample was routed to.</param>
/// <param name="Gate">The gate of each sample.</param>
internal sealed record Classification(int[] Predicted, int[] Expert, float[] Gate)
{
    /// <summary>Routes and classifies all samples.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The mixture.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="purpose">With a draw of noise, or without noise.</param>
    /// <param name="version">Version of the weights, which names the draw of noise.</param>
    public static Classification Of<T>(RunSpec spec, MixtureWeights<T> weights, Samples<T> samples, RoutePurpose purpose, long version)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var routed = new RoutedSamples<T>(spec.Routing, samples.Count, spec.Model.Experts);
        for (var i = 0; i < samples.Count; i++) routed.Indexes[i] = i;
        new NoisyTopOne<T>(spec.Routing, new RouterScores<T>(weights.Router, spec.Model.Experts), new RouterNoise<T>(spec.Routing, spec.Training.Seed))
            .Route(purpose, version, samples.PatchSums, routed, 0, samples.Count);
        var expert = ExpertKinds.Create<T>(spec.Model, samples.Dim, samples.Patches);
        var predicted = new int[samples.Count];
        foreach (var (m, dispatch) in DispatchGrouping.Group(routed, new(0, 1), samples.Count).Index())
        {
            var predictions = new int[dispatch.Count];
            var indexes = dispatch.Indexes.Span;
            expert.Predict(weights.Experts[m], new BlockSamples<T>(samples.Inputs.Span, samples.Labels, indexes, dispatch.Gates.Span), predictions);
            for (var i = 0; i < predictions.Length; i++) predicted[indexes[i]] = predictions[i];
        }

        return new Classification(predicted, routed.Expert, Array.ConvertAll(routed.Gates, float.CreateTruncating));
    }

    /// <summary>Share of the samples that are classified correctly, in percent.</summary>
    /// <param name="labels">Class of each sample.</param>
    public double Accuracy(ReadOnlySpan<int> labels)
    {
        var hits = 0;
        for (var i = 0; i < labels.Length; i++) hits += Predicted[i] == labels[i] ? 1 : 0;
        return 100.0 * hits / labels.Length;
    }

    /// <summary>Samples of each class by the class predicted: classes x classes.</summary>
    /// <param name="labels">Class of each sample.</param>
    /// <param name="classes">Number of classes.</param>
    public int[][] Confusion(ReadOnlySpan<int> labels, int classes)
    {
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (var i = 0; i < labels.Length; i++) confusion[labels[i]][Predicted[i]]++;
        return confusion;
    }
}
