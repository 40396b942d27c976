using System.Numerics;

namespace MoeOrleans.Compute.Routing;

/// <summary>A group's noise drawn sample by sample: the reference of <see cref="IRouterNoise{T}.DrawGroup"/>.</summary>
internal static class RouterNoiseReference
{
    /// <summary>Draws the noise of a group, one sample after the other.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="noise">The noise.</param>
    /// <param name="purpose">Purpose of the routing.</param>
    /// <param name="step">The step, or the version evaluated.</param>
    /// <param name="samples">Indexes of the samples in their set.</param>
    /// <param name="argmax">Experts x samples: receives the noise of the scores that choose the expert.</param>
    /// <param name="gate">Experts x samples: receives the noise of a score gate.</param>
    public static void DrawEach<T>(IRouterNoise<T> noise, RoutePurpose purpose, long step, ReadOnlySpan<int> samples, Span<T> argmax, Span<T> gate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var experts = argmax.Length / samples.Length;
        Span<T> both = experts <= 256 ? stackalloc T[2 * experts] : new T[2 * experts];
        for (var s = 0; s < samples.Length; s++)
        {
            noise.Draw(purpose, step, samples[s], both[..experts], both[experts..]);
            for (var m = 0; m < experts; m++) (argmax[(m * samples.Length) + s], gate[(m * samples.Length) + s]) = (both[m], both[experts + m]);
        }
    }
}
