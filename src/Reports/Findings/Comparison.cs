using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Ours beside a published figure.</summary>
/// <param name="Published">The published figure.</param>
/// <param name="Difference">Mean of ours minus published.</param>
/// <param name="Welch">The interval of the difference of the means; null where ours or the published one is one run alone.</param>
/// <param name="InRange">Where the published figure is one run: whether it lies between our smallest and largest; else null.</param>
public sealed record Comparison(PublishedValue Published, double Difference, WelchInterval? Welch, bool? InRange)
{
    /// <summary>Compares.</summary>
    /// <param name="ours">Our runs.</param>
    /// <param name="published">The published figure.</param>
    internal static Comparison Of(Sample ours, PublishedValue published) => new(
        published,
        ours.Mean - published.Value,
        WelchInterval.Of(ours, published),
        published.Runs == 1 ? new Interval(ours.Min, ours.Max).Contains(published.Value) : null);
}
