using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace MoeOrleans.Page.Feed;

/// <summary>The events that one browser receives: first the whole state, then what has changed.</summary>
internal static class EventStream
{
    // Proxies and browsers give up a connection that says nothing for long.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(15);

    /// <summary>Events until the connection ends.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ended">Cancelled when the connection ends.</param>
    public static async IAsyncEnumerable<SseItem<string>> Of(LiveFeed feed, TimeProvider time, [EnumeratorCancellation] CancellationToken ended)
    {
        var sent = FeedState.Empty;
        while (!ended.IsCancellationRequested)
        {
            var (state, changed) = feed.Now;
            foreach (var part in state.Parts)
            {
                if (part.Json is { } json && !sent.Parts.Any(before => ReferenceEquals(before, part))) yield return new SseItem<string>(json, part.Name);
            }

            if (state.Curve?.Since(sent.Curve) is { } points) yield return new SseItem<string>(JsonSerializer.Serialize(points, JsonSerializerOptions.Web), "curve");
            sent = state;
            if (await IsQuiet(changed, time, ended)) yield return new SseItem<string>("{}", "alive");
        }
    }

    /// <summary>Waits for a change. True if there was none for long.</summary>
    private static async Task<bool> IsQuiet(Task changed, TimeProvider time, CancellationToken ended)
    {
        try
        {
            await changed.WaitAsync(s_quiet, time, ended);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
