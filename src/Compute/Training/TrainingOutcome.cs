using System.Numerics;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Training;

/// <summary>The result of a run.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Weights">The final weights.</param>
/// <param name="LastStep">The last training forward pass, before its update.</param>
/// <param name="LastCounts">Dispatch of that step, clusters x experts.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="Best">The weights of the smallest loss and their forward pass, if the specification keeps them.</param>
internal sealed record TrainingOutcome<T>(
    MixtureWeights<T> Weights, StepMetrics LastStep, DispatchCounts LastCounts, StopReason StopReason, (StepMetrics Step, MixtureWeights<T> Weights)? Best)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
