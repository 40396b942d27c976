using System.Numerics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>Losses and predictions of samples without a backward pass.</summary>
internal static class SampleLosses
{
    /// <summary>Evaluates an expert on samples.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="expert">The expert.</param>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="kind">The loss.</param>
    /// <param name="sampleLength">Elements of a sample: patches x dim.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="losses">Receives the loss of each sample.</param>
    /// <returns>Samples that are classified correctly.</returns>
    public static int Of<T>(IExpert<T> expert, ReadOnlySpan<T> weights, LossKind kind, int sampleLength, in BlockSamples<T> samples, Span<double> losses)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = expert.Outputs;
        var outputs = new T[samples.Indexes.Length * count];
        var (wide, unused) = (new double[count], new double[count]);
        Forward(expert, weights, sampleLength, samples, outputs);
        var hits = 0;
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            for (var c = 0; c < count; c++) wide[c] = double.CreateTruncating(outputs[(i * count) + c]);
            var label = samples.Labels[samples.Indexes[i]];
            var result = GatedLoss.Evaluate(kind, wide, double.CreateTruncating(samples.Gates[i]), label, unused);
            losses[i] = result.Loss;
            hits += result.Prediction == label ? 1 : 0;
        }

        return hits;
    }

    private static void Forward<T>(IExpert<T> expert, ReadOnlySpan<T> weights, int sampleLength, in BlockSamples<T> samples, Span<T> outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (expert is IBlockKernel<T> kernel)
        {
            kernel.Forward(weights, samples, outputs);
            return;
        }

        for (var i = 0; i < samples.Indexes.Length; i++)
            expert.Forward(weights, samples.Inputs.Slice(samples.Indexes[i] * sampleLength, sampleLength), outputs.Slice(i * expert.Outputs, expert.Outputs));
    }
}
