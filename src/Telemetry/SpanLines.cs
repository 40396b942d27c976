using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;

namespace MoeOrleans.Telemetry;

/// <summary>Writes a line for each span, for a quick look without a backend.</summary>
/// <param name="writer">Where to.</param>
internal sealed class SpanLines(TextWriter writer) : BaseExporter<Activity>
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            var tags = string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={Convert.ToString(tag.Value, CultureInfo.InvariantCulture)}"));
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{span.StartTimeUtc:HH:mm:ss.ffffff} {span.Duration.TotalMilliseconds,10:0.000} ms  {span.DisplayName,-18} {span.SpanId} < {span.ParentSpanId} of {span.TraceId}  {tags}"));
        }

        return ExportResult.Success;
    }
}
