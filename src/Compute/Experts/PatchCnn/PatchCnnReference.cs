using System.Numerics;

namespace MoeOrleans.Compute.Experts.PatchCnn;

/// <summary>
/// The patch CNN, scalar, for float and double: what <see cref="PatchCnnKernel"/> must give bit for bit, and in double what is held
/// against finite differences and PyTorch.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="shape">Sizes, activation and loss.</param>
internal sealed class PatchCnnReference<T>(PatchCnnShape shape) : ScalarExpert<T>(shape.Parameters(), shape.Outputs, shape.Patches * shape.Dim, shape.Loss)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Func<T, (T Value, T Derivative)> _activate = shape.Activation.Scalar<T>();
    private readonly T[] _slopes = new T[shape.Patches * shape.Filters];
    private readonly T[] _activations = new T[shape.Filters];

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs)
    {
        for (var j = 0; j < shape.Filters; j++)
        {
            for (var p = 0; p < shape.Patches; p++)
            {
                var z = shape.Bias ? weights[(shape.Dim * shape.Stride) + j] : T.Zero;
                for (var k = 0; k < shape.Dim; k++)
                    z = T.FusedMultiplyAdd(sample[(p * shape.Dim) + k], weights[(k * shape.Stride) + j], z);
                var (value, slope) = _activate(z);
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

    protected override void Backward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, ReadOnlySpan<T> outputGradients, Span<T> gradient)
    {
        for (var p = 0; p < shape.Patches; p++)
        {
            for (var j = 0; j < shape.Filters; j++)
            {
                var dz = outputGradients[j / shape.FiltersPerOutput] * _slopes[(p * shape.Filters) + j];
                for (var k = 0; k < shape.Dim; k++)
                {
                    ref var dw = ref gradient[(k * shape.Stride) + j];
                    dw = T.FusedMultiplyAdd(sample[(p * shape.Dim) + k], dz, dw);
                }

                if (shape.Bias) gradient[(shape.Dim * shape.Stride) + j] += dz;
            }
        }
    }
}
