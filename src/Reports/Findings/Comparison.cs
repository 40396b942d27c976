using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Our runs compared with a published figure.</summary>
/// <param name="Published">The published figure.</param>
/// <param name="Difference">Mean of ours minus published.</param>
/// <param name="Welch">The interval of the difference of the means; null if either side is a single run.</param>
/// <param name="InRange">If the published figure is a single run, whether it lies between our smallest and largest value; otherwise null.</param>
internal sealed record Comparison(PublishedValue Published, double Difference, WelchInterval? Welch, bool? InRange)
{
    internal static Comparison Of(Sample ours, PublishedValue published) => new(
        published,
        ours.Mean - published.Value,
        WelchInterval.Of(ours, published),
        published.Runs == 1 ? new Interval(ours.Min, ours.Max).Contains(published.Value) : null);
}
