using MoeOrleans.Compute.Metrics;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>A step that has ended.</summary>
/// <param name="Metrics">Loss, accuracy, entropy.</param>
/// <param name="Counts">Where its samples went, clusters x experts.</param>
/// <param name="Replies">The routers' replies.</param>
/// <param name="Timeline">When its calls were made.</param>
/// <param name="Phases">What the coordinator waited for.</param>
/// <param name="IsCommitted">Whether the experts committed it: the step at which the stop rule ends a run is committed by none.</param>
internal readonly record struct StepReport(
    StepMetrics Metrics, DispatchCounts Counts, IReadOnlyList<RouteReply> Replies, StepTimeline Timeline, StepPhases Phases, bool IsCommitted);
