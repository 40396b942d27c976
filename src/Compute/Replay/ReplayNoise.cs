using System.Numerics;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Replay;

/// <summary>
/// Router noise from an array, added to the same places as that of <see cref="RouterNoise{T}"/>: it is 0 in the argmax or the gate if the
/// specification keeps noise out of them. With noise off, the array breaks ties.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="spec">Places that noise is added to.</param>
/// <param name="noise">(steps or 1) x samples x experts; one row serves all steps.</param>
internal sealed class ReplayNoise<T>(RoutingSpec spec, NpyArray<float> noise) : IRouterNoise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">An evaluation with noise: the array has only noise of training steps.</exception>
    public void Draw(RoutePurpose purpose, long step, int sample, Span<T> argmax, Span<T> gate)
    {
        argmax.Clear();
        gate.Clear();
        if (purpose == RoutePurpose.EvaluateWithoutNoise) return;
        if (purpose != RoutePurpose.Train) throw new NotSupportedException("A replay has no noise for an evaluation.");

        var row = noise[noise.Shape[0] == 1 ? 0 : (int)step].Slice(sample * argmax.Length, argmax.Length);
        var inArgmax = spec.NoiseInArgmax || spec.Noise == NoiseKind.Off;
        for (var m = 0; m < row.Length; m++)
        {
            var value = T.CreateTruncating(row[m]);
            if (inArgmax) argmax[m] = value;
            if (spec.NoiseInGate) gate[m] = value;
        }
    }
}
