using System.Globalization;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Views;

/// <summary>Formats numbers for people, independent of the machine's language.</summary>
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

    /// <summary>How far a step is that takes long. Steps are counted from 1, as those that are done.</summary>
    public static string LongStep(StepStatus step) =>
        $"step {Count(step.Step + 1)} takes {Duration(TimeSpan.FromSeconds(step.Seconds))} so far: experts computed {Count(step.ComputedSamples)} of {Count(step.Samples)} samples, "
        + $"{step.RoutedShards} of {step.Shards} shards routed, {step.CommittedExperts} of {step.Experts} experts committed";

    /// <summary>A run that has lost its steps.</summary>
    public static string Restarted(RunProgress progress) =>
        $"the run has begun again at step 0{(progress.Restarts == 1 ? "" : $", {progress.Restarts} times so far")}: a silo was lost or did not answer; {Count(progress.LostSteps)} steps are repeated, with the same bits";

    /// <summary>The state of a queued run.</summary>
    public static string Queued(int ahead) => $"queued: {(ahead == 1 ? "one run comes" : $"{Count(ahead)} runs come")} before it";

    /// <summary>Bytes in MiB or GiB.</summary>
    public static string Bytes(long bytes) => bytes < 1 << 30 ? $"{Number(bytes / (double)(1 << 20), "0")} MiB" : $"{Number(bytes / (double)(1 << 30), "0.0")} GiB";

    /// <summary>Whole numbers in ascending order, consecutive ones as a range: 0-3, 5.</summary>
    public static string Ranges(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (ranges is [.., var (first, last)] && last == number - 1) ranges[^1] = (first, number);
            else ranges.Add((number, number));
        }

        return string.Join(", ", ranges.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"));
    }

    /// <summary>The metrics of a step, for progress.</summary>
    /// <param name="step">The step.</param>
    /// <param name="hasEntropy">Whether its dispatch entropy has a meaning.</param>
    public static string Metrics(StepRecord step, bool hasEntropy) => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {step.Loss:0.00000}   accuracy {step.Accuracy,6:0.00} %{(hasEntropy ? $"   entropy {Number(step.Entropy, "0.0000")}" : "")}");

    /// <summary>An evaluation, for progress.</summary>
    public static string Evaluation(EvaluationRecord of) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(of.ValidationLoss is { } loss ? $"validation loss {loss:0.00000} {of.ValidationAccuracy:0.00} %   " : "")}test loss {of.TestLoss:0.00000} {of.TestAccuracy:0.00} %");
}
