using System.Numerics;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Replay;

/// <summary>
/// Router noise out of an array. It goes where <see cref="RouterNoise{T}"/> puts its own: kept out of the argmax or the gate
/// by the specification, it is 0 there; with noise off the array is what breaks ties.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="spec">Where the noise goes.</param>
/// <param name="noise">(steps or 1) x samples x experts; one row serves all steps.</param>
public sealed class ReplayNoise<T>(RoutingSpec spec, NpyArray<float> noise) : IRouterNoise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">An evaluation with noise: the array is the training's.</exception>
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
