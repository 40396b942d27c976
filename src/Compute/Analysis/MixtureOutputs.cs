using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>What a mixture computes of a sample, without noise, in addition to its class. For one thread.</summary>
/// <param name="spec">The specification.</param>
/// <param name="weights">The mixture.</param>
/// <param name="samples">The samples, standardized if the mixture's inputs are.</param>
/// <param name="classified">Their classification.</param>
internal sealed class MixtureOutputs(RunSpec spec, MixtureWeights<float> weights, Samples<float> samples, Classification classified)
{
    private readonly RouterScores<float> _router = new(weights.Router, spec.Model.Experts);
    private readonly IExpert<float> _expert = ExpertKinds.Create<float>(spec.Model, samples.Dim, samples.Patches);
    private readonly float[] _outputs = new float[spec.Model.Outputs];
    private readonly float[] _scores = new float[spec.Model.Experts];

    /// <summary>Number of classes.</summary>
    public int Classes => Math.Max(2, spec.Model.Outputs);

    /// <summary>Softmax of the gated outputs of the sample's expert; a single output tells class 1 from class 0.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="probabilities">Receives <see cref="Classes"/> probabilities.</param>
    public void Probabilities(int sample, Span<double> probabilities)
    {
        var width = samples.Patches * samples.Dim;
        _expert.Forward(weights.Experts[classified.Expert[sample]], samples.Inputs.Span.Slice(sample * width, width), _outputs);
        var gate = (double)classified.Gate[sample];
        probabilities[0] = 0;
        for (var c = 0; c < _outputs.Length; c++) probabilities[_outputs.Length == 1 ? 1 : c] = gate * _outputs[c];
        Softmax(probabilities);
    }

    /// <summary>The router's scores.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>A score for each expert; overwritten by the next call.</returns>
    public ReadOnlySpan<float> Scores(int sample)
    {
        _router.ScoreReference(samples.PatchSums.AsSpan(sample * samples.Dim, samples.Dim), _scores);
        return _scores;
    }

    /// <summary>Replaces values by their softmax.</summary>
    /// <param name="values">The values.</param>
    public static void Softmax(Span<double> values)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var value in values) largest = Math.Max(largest, value);
        foreach (ref var value in values) sum += value = SpecialFunctions.Exp(value - largest);
        foreach (ref var value in values) value /= sum;
    }
}
