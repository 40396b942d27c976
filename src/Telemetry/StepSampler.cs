using OpenTelemetry.Trace;

namespace MoeOrleans.Telemetry;

/// <summary>
/// Keeps what the coordinator of a run began, and all below it: it has decided which steps are traced. Other spans, such as Orleans' own
/// of a step that is not traced, are dropped.
/// </summary>
internal sealed class StepSampler : Sampler
{
    private const string OwnPrefix = "moe.";

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var isRoot = samplingParameters.ParentContext.TraceId == default;
        return new SamplingResult(isRoot && samplingParameters.Name.StartsWith(OwnPrefix, StringComparison.Ordinal) ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
