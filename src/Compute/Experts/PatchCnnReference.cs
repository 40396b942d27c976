using System.Numerics;
using MoeOrleans.Compute.Losses;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// The patch CNN, scalar, for float and double: what <see cref="PatchCnn"/> must give bit for bit, and in double what is held
/// against finite differences and PyTorch.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="shape">Sizes, activation and loss.</param>
public sealed class PatchCnnReference<T>(PatchCnnShape shape) : IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _slopes = new T[shape.Patches * shape.Filters];
    private readonly T[] _activations = new T[shape.Filters];
    private readonly T[] _outputs = new T[shape.Outputs];

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; } = shape.Parameters();

    /// <inheritdoc/>
    public int Outputs => shape.Outputs;

    /// <inheritdoc/>
    public LeafOutcome Accumulate(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<T> gradient, Span<T> gateGradients)
    {
        var (loss, hits) = (0.0, 0);
        Span<double> outputs = stackalloc double[shape.Outputs];
        Span<double> outputGradients = stackalloc double[shape.Outputs];
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            var index = samples.Indexes[i];
            var sample = Sample(samples.Inputs, index);
            Forward(weights, sample, _outputs);
            Widen(_outputs, outputs);
            var outcome = GatedLoss.Evaluate(shape.Loss, outputs, double.CreateTruncating(samples.Gates[i]), samples.Labels[index], outputGradients);
            loss += outcome.Loss;
            hits += outcome.Prediction == samples.Labels[index] ? 1 : 0;
            gateGradients[i] = T.CreateTruncating(outcome.GateGradient);
            Backward(sample, outputGradients, gradient);
        }

        return new LeafOutcome(loss, hits);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<int> predictions)
    {
        Span<double> outputs = stackalloc double[shape.Outputs];
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            Forward(weights, Sample(samples.Inputs, samples.Indexes[i]), _outputs);
            Widen(_outputs, outputs);
            predictions[i] = GatedLoss.Predict(outputs, double.CreateTruncating(samples.Gates[i]));
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs)
    {
        for (var j = 0; j < shape.Filters; j++)
        {
            for (var p = 0; p < shape.Patches; p++)
            {
                var z = shape.Bias ? weights[(shape.Dim * shape.Stride) + j] : T.Zero;
                for (var k = 0; k < shape.Dim; k++)
                    z = T.FusedMultiplyAdd(sample[(p * shape.Dim) + k], weights[(k * shape.Stride) + j], z);
                var (value, slope) = ActivationReference.Apply(shape.Activation, z);
                _slopes[(p * shape.Filters) + j] = slope;
                _activations[j] = p == 0 ? value : _activations[j] + value;
            }
        }

        for (var c = 0; c < shape.Outputs; c++)
        {
            var sum = T.Zero;
            foreach (var activation in _activations.AsSpan(c * shape.FiltersPerOutput, shape.FiltersPerOutput)) sum += activation;
            outputs[c] = sum;
        }
    }

    private void Backward(ReadOnlySpan<T> sample, ReadOnlySpan<double> outputGradients, Span<T> gradient)
    {
        for (var p = 0; p < shape.Patches; p++)
        {
            for (var j = 0; j < shape.Filters; j++)
            {
                var dz = T.CreateTruncating(outputGradients[j / shape.FiltersPerOutput]) * _slopes[(p * shape.Filters) + j];
                for (var k = 0; k < shape.Dim; k++)
                {
                    ref var dw = ref gradient[(k * shape.Stride) + j];
                    dw = T.FusedMultiplyAdd(sample[(p * shape.Dim) + k], dz, dw);
                }

                if (shape.Bias) gradient[(shape.Dim * shape.Stride) + j] += dz;
            }
        }
    }

    private ReadOnlySpan<T> Sample(ReadOnlySpan<T> inputs, int index) =>
        inputs.Slice(index * shape.Patches * shape.Dim, shape.Patches * shape.Dim);

    private static void Widen(ReadOnlySpan<T> from, Span<double> to)
    {
        for (var c = 0; c < from.Length; c++) to[c] = double.CreateTruncating(from[c]);
    }
}
