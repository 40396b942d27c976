using System.Globalization;
using MoeOrleans.Coordinator.Contracts;

namespace MoeOrleans.Cli.Views;

/// <summary>Numbers for people, the same in every language.</summary>
internal static class Format
{
    public static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.00} %");

    public static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };

    /// <summary>What is seen of a step while it runs.</summary>
    public static string Metrics(StepRecord step) => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {step.Loss:0.00000}   accuracy {step.Accuracy,6:0.00} %   entropy {step.Entropy:0.0000}");
}
