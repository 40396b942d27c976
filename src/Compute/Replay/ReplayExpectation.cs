using System.Collections.Immutable;
using System.Numerics;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Replay;

/// <summary>What the other implementation made of a run.</summary>
/// <typeparam name="T">The run's precision.</typeparam>
/// <param name="StopStep">The step whose loss met the stop rule, or null.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="Dispatch">For each executed step the expert of each sample, or null if it is not given.</param>
/// <param name="Losses">Loss of each executed step.</param>
/// <param name="Router">Updates x experts x dim, or x 0 without a router.</param>
/// <param name="Experts">Of each of an expert's tensors: updates x experts x its shape.</param>
internal sealed record ReplayExpectation<T>(
    int? StopStep, StopReason StopReason, int[][]? Dispatch, NpyArray<T> Losses, NpyArray<T> Router, ImmutableArray<NpyArray<T>> Experts)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A tensor after an update.</summary>
    /// <param name="update">The update's number, which is its step's.</param>
    /// <param name="tensor">The tensor, in the order of <see cref="MixtureWeights{T}.Tensors"/>.</param>
    public ReadOnlySpan<T> After(int update, int tensor)
    {
        // Without a router, the first tensor is the first expert's.
        if (Router.Shape[^1] > 0 && tensor-- == 0) return Router[update];
        var array = Experts[tensor % Experts.Length];
        var all = array[update];
        var length = all.Length / array.Shape[1];
        return all.Slice(tensor / Experts.Length * length, length);
    }
}
