using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>Figures of a trained model beyond its accuracy.</summary>
/// <param name="UnroutedAccuracy">Clusters x experts: every expert alone on every cluster's test samples, in percent.</param>
/// <param name="SwapTest">The swap test; null if the data have no strengths to swap.</param>
internal sealed record ModelAnalysis(double[][] UnroutedAccuracy, SwapTestResult? SwapTest)
{
    /// <summary>Quadruples of the swap test. They have as many samples as the published test sets.</summary>
    public const int Quadruples = 4000;

    /// <summary>Test samples of each class by the class predicted without noise, classes x classes; null for generated data.</summary>
    public int[][]? Confusion { get; init; }

    /// <summary>Test samples that the router sends to each expert; null for generated data, for a single expert, and if they are no images.</summary>
    public ExpertExamples? Examples { get; init; }

    /// <summary>Analyses a model.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The model.</param>
    /// <param name="data">Its data.</param>
    public static ModelAnalysis Of(RunSpec spec, MixtureWeights<float> weights, Dataset<float> data)
    {
        var analysis = new ModelAnalysis(
            Analysis.UnroutedAccuracy.Of(spec, weights, data.Test),
            data.Signals is not null && Analysis.SwapTest.Applies(spec.Data) ? Analysis.SwapTest.Run(spec, weights, Quadruples) : null);
        if (spec.Data.Source != DataSource.Files) return analysis;
        var classified = Classification.Of(spec, weights, data.Test, RoutePurpose.EvaluateWithoutNoise, 0);
        return analysis with
        {
            Confusion = classified.Confusion(data.Test.Labels, Math.Max(2, spec.Model.Outputs)),
            Examples = spec.Model.Experts == 1 ? null : ExpertExamples.Of(data.Test, classified.Expert, spec.Model.Experts, weights.Standardization),
        };
    }
}
