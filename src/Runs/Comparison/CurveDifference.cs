using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Comparison;

/// <summary>How a metric of two runs differs over their steps.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="FirstStep">The first step at which the bits differ, or which only one run has; null if there is none.</param>
/// <param name="Largest">Largest absolute difference at a step that both have.</param>
/// <param name="LargestStep">That step; null if no step differs.</param>
/// <param name="FinalA">Its value at the last step of the first run.</param>
/// <param name="FinalB">Its value at the last step of the second run.</param>
internal sealed record CurveDifference(string Metric, long? FirstStep, double Largest, long? LargestStep, double FinalA, double FinalB)
{
    /// <summary>Compares a metric.</summary>
    /// <param name="metric">Its name.</param>
    /// <param name="value">Takes it from a step's record.</param>
    /// <param name="a">Steps of the first run.</param>
    /// <param name="b">Steps of the second.</param>
    internal static CurveDifference Of(string metric, Func<StepRecord, double> value, IReadOnlyList<StepRecord> a, IReadOnlyList<StepRecord> b)
    {
        var (first, largest, largestStep) = ((long?)null, 0.0, (long?)null);
        var common = Math.Min(a.Count, b.Count);
        for (var i = 0; i < common; i++)
        {
            var (x, y) = (value(a[i]), value(b[i]));
            if (BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y)) continue;
            first ??= a[i].Step;
            var difference = Math.Abs(x - y);
            if (largestStep is not null && !(difference > largest)) continue;
            (largest, largestStep) = (difference, a[i].Step);
        }

        if (a.Count != b.Count) first ??= common;
        return new CurveDifference(metric, first, largest, largestStep, value(a[^1]), value(b[^1]));
    }
}
