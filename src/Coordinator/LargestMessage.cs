using System.Globalization;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Coordinator;

/// <summary>
/// The largest message of a run between processes: all weights, when a client fetches them or their coordinator moves; or an expert
/// that moves, with its optimiser state and the best weights it keeps. Within one process no message is encoded, so there is no limit.
/// </summary>
internal static class LargestMessage
{
    /// <summary>Largest message that silos and clients accept, in bytes: what an array can hold. Orleans' own limit is 100 MB.</summary>
    public const int Limit = int.MaxValue;

    /// <summary>For the records that a coordinator takes along in addition to the weights.</summary>
    private const long Records = 64 << 20;

    /// <summary>Size of the tensors in it, in bytes.</summary>
    /// <param name="spec">The run.</param>
    public static long Bytes(RunSpec spec)
    {
        long expert = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches).Length;
        var copies = spec.Training.KeepBest ? 2 : 1;
        var all = copies * ((spec.Model.Experts * expert) + RouterGradientLayout.Of(spec, spec.Data.Dim).GradientLength);
        var moved = (copies * expert) + Optimiser.StateLength(spec.Training.Expert, (int)expert);
        return sizeof(float) * Math.Max(all, moved);
    }

    /// <summary>Why a run cannot be sent between processes; null if it can.</summary>
    /// <param name="spec">The run.</param>
    public static string? Refusal(RunSpec spec)
    {
        var bytes = Bytes(spec);
        return bytes <= Limit - Records ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"model.experts: silos send the weights of all experts as one message of at most {(Limit - Records) / 1e9:0.0} GB, and these have {bytes / 1e9:0.0} GB; choose fewer or smaller experts, or train in one process");
    }
}
