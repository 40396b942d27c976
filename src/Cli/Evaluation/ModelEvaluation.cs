using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;

namespace MoeOrleans.Cli.Evaluation;

/// <summary>The result of moe eval. Scripts rely on its JSON form.</summary>
/// <param name="WeightsSha256">SHA-256 of the weights.</param>
/// <param name="Version">Updates that made the weights; they select the draw of noise.</param>
/// <param name="Samples">Samples evaluated.</param>
/// <param name="Clusters">Their clusters; 1 if clusters are not known.</param>
/// <param name="WithNoise">With one draw of the router's noise, as published.</param>
/// <param name="WithoutNoise">Without noise.</param>
/// <param name="UnroutedAccuracy">Clusters x experts: every expert alone on every cluster's samples, in percent; null for a cluster without samples.</param>
internal sealed record ModelEvaluation(
    string WeightsSha256, long Version, int Samples, int Clusters, RoutedEvaluation WithNoise, RoutedEvaluation WithoutNoise, double?[][] UnroutedAccuracy)
{
    public static ModelEvaluation Of(TrainedModel model, Samples<float> samples)
    {
        var (spec, (weights, version, _)) = (model.Spec, model.Saved);
        return new ModelEvaluation(
            weights.Sha256(),
            version,
            samples.Count,
            samples.Clusters,
            RoutedEvaluation.Of(spec, weights, samples, RoutePurpose.Evaluate, version),
            RoutedEvaluation.Of(spec, weights, samples, RoutePurpose.EvaluateWithoutNoise, version),
            [.. Compute.Analysis.UnroutedAccuracy.Of(spec, weights, samples).Select(row => row.Select(value => double.IsNaN(value) ? (double?)null : value).ToArray())]);
    }
}
