using System.Numerics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>A scalar expert: the way there and back of one sample.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal interface IReferenceModel<T> : IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Loss of the gated outputs.</summary>
    LossKind Loss { get; }

    /// <summary>Elements of a sample: patches x dim.</summary>
    int SampleLength { get; }

    /// <summary>Adds the gradients of the sample that was last passed forward.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="sample">Patches x dim.</param>
    /// <param name="outputGradients">d loss / d output, of each output.</param>
    /// <param name="gradient">Flat gradient, added to.</param>
    void Backward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, ReadOnlySpan<T> outputGradients, Span<T> gradient);
}

/// <summary>What scalar experts do alike: sample after sample, each forward, through the loss in double, and backward.</summary>
internal static class ReferenceLoop
{
    /// <summary><see cref="IExpert{T}.Accumulate"/>.</summary>
    public static LeafOutcome Accumulate<T>(IReferenceModel<T> model, ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<T> gradient, Span<T> gateGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (loss, hits) = (0.0, 0);
        Span<T> outputs = stackalloc T[model.Outputs];
        Span<double> wide = stackalloc double[model.Outputs];
        Span<double> wideGradients = stackalloc double[model.Outputs];
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            var index = samples.Indexes[i];
            var sample = Sample(samples, i, model.SampleLength);
            model.Forward(weights, sample, outputs);
            Convert<T, double>(outputs, wide);
            var outcome = GatedLoss.Evaluate(model.Loss, wide, double.CreateTruncating(samples.Gates[i]), samples.Labels[index], wideGradients);
            loss += outcome.Loss;
            hits += outcome.Prediction == samples.Labels[index] ? 1 : 0;
            gateGradients[i] = T.CreateTruncating(outcome.GateGradient);
            Convert<double, T>(wideGradients, outputs);
            model.Backward(weights, sample, outputs, gradient);
        }

        return new LeafOutcome(loss, hits);
    }

    /// <summary><see cref="IExpert{T}.Predict"/>.</summary>
    public static void Predict<T>(IReferenceModel<T> model, ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<int> predictions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> outputs = stackalloc T[model.Outputs];
        Span<double> wide = stackalloc double[model.Outputs];
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            model.Forward(weights, Sample(samples, i, model.SampleLength), outputs);
            Convert<T, double>(outputs, wide);
            predictions[i] = GatedLoss.Predict(wide, double.CreateTruncating(samples.Gates[i]));
        }
    }

    private static ReadOnlySpan<T> Sample<T>(in LeafSamples<T> samples, int i, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => samples.Inputs.Slice(samples.Indexes[i] * length, length);

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (var c = 0; c < from.Length; c++) to[c] = TTo.CreateTruncating(from[c]);
    }
}
