using MoeOrleans.Compute.Data;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Experts;

/// <summary>The samples of a dispatch: in the data set, or in a buffer that received them.</summary>
/// <param name="Inputs">Samples x patches x dim.</param>
/// <param name="Labels">Class of each sample of <paramref name="Inputs"/>.</param>
/// <param name="Indexes">Which of them, in order.</param>
internal readonly record struct DispatchedSamples(ReadOnlyMemory<float> Inputs, ReadOnlyMemory<int> Labels, ReadOnlyMemory<int> Indexes)
{
    /// <summary>Samples by reference.</summary>
    /// <param name="set">The set that they are of.</param>
    /// <param name="indexes">Which of them.</param>
    /// <exception cref="InvalidDataException">The set has no such sample.</exception>
    public static DispatchedSamples Of(Samples<float> set, WireTensor<int> indexes)
    {
        DispatchValidation.Check(indexes.Span, set.Count);
        return new(set.Inputs, set.Labels, indexes.Memory);
    }

    /// <summary>Samples by payload.</summary>
    /// <param name="received">The samples; their buffers must stay until the work has ended.</param>
    public static DispatchedSamples Of(WireSamples received) => new(received.Inputs, received.Labels, received.Indexes);
}
