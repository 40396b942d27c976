using System.Numerics;

namespace MoeOrleans.Compute.Routing;

/// <summary>The noise that is added to the scores of a sample.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal interface IRouterNoise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Draws the noise of a sample for every expert.</summary>
    /// <param name="purpose">What the sample is routed for.</param>
    /// <param name="step">The step, or the version evaluated.</param>
    /// <param name="sample">Index of the sample in its set.</param>
    /// <param name="argmax">Receives what is added to the scores that choose the expert.</param>
    /// <param name="gate">Receives what is added to a score gate.</param>
    void Draw(RoutePurpose purpose, long step, int sample, Span<T> argmax, Span<T> gate);

    /// <summary>Draws the noise of several samples, as <see cref="Draw"/> does for each.</summary>
    /// <param name="purpose">What the samples are routed for.</param>
    /// <param name="step">The step, or the version evaluated.</param>
    /// <param name="samples">Indexes of the samples in their set.</param>
    /// <param name="argmax">Experts x samples: receives what is added to the scores that choose the expert.</param>
    /// <param name="gate">Experts x samples: receives what is added to a score gate.</param>
    void DrawGroup(RoutePurpose purpose, long step, ReadOnlySpan<int> samples, Span<T> argmax, Span<T> gate) =>
        RouterNoiseReference.DrawEach(this, purpose, step, samples, argmax, gate);
}
