using System.Numerics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// An expert that takes one sample after the other: forward, through the loss in double, and backward. A kind of expert derives
/// from it and says what one sample does in both directions. An instance serves one thread.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="parameters">The tensors of weights and gradients.</param>
/// <param name="outputs">Number of outputs: one for each class, 1 for <see cref="LossKind.Logistic"/>.</param>
/// <param name="sampleLength">Elements of a sample: patches x dim.</param>
/// <param name="loss">Loss of the gated outputs.</param>
public abstract class ScalarExpert<T>(ParameterLayout parameters, int outputs, int sampleLength, LossKind loss) : IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _outputs = new T[outputs];
    private readonly double[] _wide = new double[outputs];
    private readonly double[] _wideGradients = new double[outputs];

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; } = parameters;

    /// <inheritdoc/>
    public int Outputs { get; } = outputs;

    /// <inheritdoc/>
    public BlockResult Accumulate(ReadOnlySpan<T> weights, in BlockSamples<T> samples, Span<T> gradient, Span<T> gateGradients)
    {
        var (sum, hits) = (0.0, 0);
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            var label = samples.Labels[samples.Indexes[i]];
            var sample = Sample(samples, i);
            Forward(weights, sample, _outputs);
            Convert<T, double>(_outputs, _wide);
            var result = GatedLoss.Evaluate(loss, _wide, double.CreateTruncating(samples.Gates[i]), label, _wideGradients);
            sum += result.Loss;
            hits += result.Prediction == label ? 1 : 0;
            gateGradients[i] = T.CreateTruncating(result.GateGradient);
            Convert<double, T>(_wideGradients, _outputs);
            Backward(weights, sample, _outputs, gradient);
        }

        return new BlockResult(sum, hits);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<T> weights, in BlockSamples<T> samples, Span<int> predictions)
    {
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            Forward(weights, Sample(samples, i), _outputs);
            Convert<T, double>(_outputs, _wide);
            predictions[i] = GatedLoss.Predict(_wide, double.CreateTruncating(samples.Gates[i]));
        }
    }

    /// <inheritdoc/>
    public abstract void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs);

    /// <summary>Adds the gradients of the sample that <see cref="Forward"/> took last. The order of additions is part of the bits.</summary>
    /// <param name="weights">Flat parameters, as <see cref="Parameters"/> lays them out.</param>
    /// <param name="sample">The sample: patches x dim.</param>
    /// <param name="outputGradients">d loss / d output, of each output.</param>
    /// <param name="gradient">Flat gradient, laid out as the parameters; added to.</param>
    protected abstract void Backward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, ReadOnlySpan<T> outputGradients, Span<T> gradient);

    private ReadOnlySpan<T> Sample(in BlockSamples<T> samples, int i) => samples.Inputs.Slice(samples.Indexes[i] * sampleLength, sampleLength);

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (var c = 0; c < from.Length; c++) to[c] = TTo.CreateTruncating(from[c]);
    }
}
