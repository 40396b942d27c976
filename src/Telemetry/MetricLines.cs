using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace MoeOrleans.Telemetry;

/// <summary>Writes a line for each series, for a quick look without a backend.</summary>
/// <param name="writer">Where to.</param>
internal sealed class MetricLines(TextWriter writer) : BaseExporter<Metric>
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var tags = new StringBuilder();
                foreach (var tag in point.Tags) tags.Append(CultureInfo.InvariantCulture, $" {tag.Key}={tag.Value}");
                writer.WriteLine($"{metric.Name,-36} {Value(metric.MetricType, point),-40} {metric.Unit}{tags}");
            }
        }

        return ExportResult.Success;
    }

    private static string Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong().ToString(CultureInfo.InvariantCulture),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Text(point.GetSumDouble()),
        MetricType.LongGauge => point.GetGaugeLastValueLong().ToString(CultureInfo.InvariantCulture),
        MetricType.DoubleGauge => Text(point.GetGaugeLastValueDouble()),
        _ => string.Create(CultureInfo.InvariantCulture, $"{point.GetHistogramCount()} values, mean {point.GetHistogramSum() / Math.Max(1, point.GetHistogramCount()):G5}"),
    };

    private static string Text(double value) => value.ToString("G7", CultureInfo.InvariantCulture);
}
