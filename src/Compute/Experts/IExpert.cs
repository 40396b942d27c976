using System.Numerics;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// An expert: forward, loss and backward over the samples of a block. An instance owns scratch space and is used by one thread at a
/// time; weights are the caller's.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The tensors of weights and gradients.</summary>
    ParameterLayout Parameters { get; }

    /// <summary>Number of outputs of <see cref="Forward"/>.</summary>
    int Outputs { get; }

    /// <summary>
    /// Adds the samples' gradients of the summed loss to <paramref name="gradient"/>, in sample order: samples that come in several
    /// calls give the same bits as in one.
    /// </summary>
    /// <param name="weights">Flat parameters, as <see cref="Parameters"/> lays them out.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="gradient">Flat gradient, laid out as the parameters; added to. Padding gets +0.</param>
    /// <param name="gateGradients">Receives d loss / d gate of each sample.</param>
    /// <returns>The sum of the samples' losses and the number classified correctly.</returns>
    BlockResult Accumulate(ReadOnlySpan<T> weights, in BlockSamples<T> samples, Span<T> gradient, Span<T> gateGradients);

    /// <summary>Classifies the samples.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="predictions">Receives the predicted class of each sample.</param>
    void Predict(ReadOnlySpan<T> weights, in BlockSamples<T> samples, Span<int> predictions);

    /// <summary>The expert's outputs for one sample, before the gate.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="sample">The sample: patches x dim.</param>
    /// <param name="outputs">Receives <see cref="Outputs"/> values.</param>
    void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs);
}
