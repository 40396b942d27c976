using System.Collections.Immutable;

namespace MoeOrleans.Page.Feed;

/// <summary>An event of the stream.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Message">Its data; null if there are none yet.</param>
/// <param name="Json">Its data as JSON.</param>
internal sealed record FeedPart(string Name, object? Message, string? Json);

/// <summary>All that there is to send.</summary>
/// <param name="Parts">The latest of each event, apart from the curves.</param>
/// <param name="Curve">The curves, of which a browser receives what it does not have; null if there is no run.</param>
internal sealed record FeedState(ImmutableArray<FeedPart> Parts, CurvePoints? Curve)
{
    /// <summary>Nothing is known yet.</summary>
    public static FeedState Empty { get; } = new([], null);

    /// <summary>Whether another state has the same to send.</summary>
    /// <param name="other">The other one.</param>
    public bool IsSame(FeedState other) =>
        Curve?.Version == other.Curve?.Version && Curve?.Points.Length == other.Curve?.Points.Length && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan(), ReferenceEqualityComparer.Instance);
}
