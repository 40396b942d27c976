using System.Globalization;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Coordinator;

/// <summary>
/// The largest message of a run between processes: all weights when they are fetched, or when their coordinator moves; or an expert
/// that moves, with its optimiser state and the weights it keeps. Within one process nothing is sent, and nothing limits them.
/// </summary>
public static class LargestMessage
{
    /// <summary>Bytes that silos and clients let through: what an array can hold. Orleans' own limit is 100 MB.</summary>
    public const int Limit = int.MaxValue;

    /// <summary>Beside the weights a coordinator that moves takes records along.</summary>
    private const long Others = 64 << 20;

    /// <summary>Its size in bytes, without what is small.</summary>
    /// <param name="spec">The run.</param>
    public static long Bytes(RunSpec spec)
    {
        long expert = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches).Length;
        var copies = spec.Training.KeepBest ? 2 : 1;
        var all = copies * ((spec.Model.Experts * expert) + RouterGradientLayout.Of(spec, spec.Data.Dim).GradientLength);
        var moved = (copies * expert) + Optimiser.StateLength(spec.Training.Expert, (int)expert);
        return sizeof(float) * Math.Max(all, moved);
    }

    /// <summary>Why a run cannot be sent between processes; null where it can.</summary>
    /// <param name="spec">The run.</param>
    public static string? Refusal(RunSpec spec)
    {
        var bytes = Bytes(spec);
        return bytes <= Limit - Others ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"model.experts: silos send the weights of all experts as one message of at most {(Limit - Others) / 1e9:0.0} GB, and these have {bytes / 1e9:0.0} GB; choose fewer or smaller experts, or train in one process");
    }
}
