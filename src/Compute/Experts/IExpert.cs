using System.Numerics;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// A kind of expert: forward, loss and backward over the samples of a block. An instance owns scratch space and is used by
/// one thread at a time; weights are the caller's.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The tensors of weights and gradients.</summary>
    ParameterLayout Parameters { get; }

    /// <summary>Number of outputs of <see cref="Forward"/>.</summary>
    int Outputs { get; }

    /// <summary>Adds the samples' gradients of the summed loss to <paramref name="gradient"/>, in sample order.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="gradient">Flat gradient, added to.</param>
    /// <param name="gateGradients">Receives d loss / d gate of each sample.</param>
    LeafOutcome Accumulate(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<T> gradient, Span<T> gateGradients);

    /// <summary>
    /// The same from +0: what <paramref name="gradient"/> held before does not matter. Its elements may be in an order of the
    /// kernel's own until <see cref="Arrange"/>; such gradients may be added first.
    /// </summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="gradient">Receives the gradient.</param>
    /// <param name="gateGradients">Receives d loss / d gate of each sample.</param>
    LeafOutcome Sum(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<T> gradient, Span<T> gateGradients)
    {
        gradient.Clear();
        return Accumulate(weights, samples, gradient, gateGradients);
    }

    /// <summary>Puts the elements of a gradient by <see cref="Sum"/>, or of a sum of such, in the order of the parameters.</summary>
    /// <param name="gradient">The gradient.</param>
    void Arrange(Span<T> gradient)
    {
    }

    /// <summary>Classifies the samples.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="predictions">Receives the predicted class of each sample.</param>
    void Predict(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<int> predictions);

    /// <summary>The expert's outputs for one sample, before the gate.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="sample">Patches x dim.</param>
    /// <param name="outputs">Receives <see cref="Outputs"/> values.</param>
    void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs);
}
