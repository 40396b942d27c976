using System.Globalization;
using System.Text.Json;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Formats numbers, the same in every culture.</summary>
internal static class FindingsFormat
{
    public static string Accuracy(double percent) => Number(percent, "0.00");

    public static string Accuracy(Sample sample) => MeanAndDeviation(sample, "0.00");

    public static string Entropy(double entropy) => Number(entropy, "0.000");

    public static string Entropy(Sample sample) => MeanAndDeviation(sample, "0.000");

    public static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Signed(double points) => Number(points, "+0.00;-0.00;0.00");

    public static string Signed(Interval points) => points.Low == points.High ? $"[{Signed(points.Low)}]" : $"[{Signed(points.Low)}, {Signed(points.High)}]";

    public static string Points(double points) => points == 1 ? "1 point" : $"{Number(points, "0.##")} points";

    /// <summary>Smallest to largest; one number if they are the same.</summary>
    public static string Range(Sample percent) =>
        percent.Min == percent.Max ? Accuracy(percent.Min) : $"{Accuracy(percent.Min)} to {Accuracy(percent.Max)}";

    /// <summary>Mean and population deviation, as the paper's tables; the value alone if there is only one.</summary>
    public static string MeanAndDeviation(Sample sample, string format) => MeanAndDeviation(sample.Mean, sample.Count == 1 ? null : sample.PopulationDeviation, format);

    public static string MeanAndDeviation(double mean, double? deviation, string format) =>
        deviation is { } known ? $"{Number(mean, format)} +- {Number(known, format)}" : Number(mean, format);

    public static string Name(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Departures(IReadOnlyList<string> departures) => departures.Count == 0 ? "" : $"not as published: {string.Join("; ", departures)}";

    public static string Notes(params string[] notes) => string.Join("; ", notes.Where(note => note.Length > 0));
}
