using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>Figures of a trained model beyond its accuracy.</summary>
/// <param name="UnroutedAccuracy">Clusters x experts: every expert alone on every cluster's test samples, in percent.</param>
/// <param name="SwapTest">The swap test; null if the data have no strengths to swap.</param>
internal sealed record ModelAnalysis(double[][] UnroutedAccuracy, SwapTestResult? SwapTest)
{
    /// <summary>Quadruples of the swap test. They have as many samples as the published test sets.</summary>
    public const int Quadruples = 4000;

    /// <summary>Analyses a model.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The model.</param>
    /// <param name="data">Its data.</param>
    public static ModelAnalysis Of(RunSpec spec, MixtureWeights<float> weights, Dataset<float> data) => new(
        Analysis.UnroutedAccuracy.Of(spec, weights, data.Test),
        data.Signals is not null && Analysis.SwapTest.Applies(spec.Data) ? Analysis.SwapTest.Run(spec, weights, Quadruples) : null);
}
