using Microsoft.Extensions.Logging;

namespace MoeOrleans.Page.Feed;

/// <summary>The feeds that browsers are connected to. A feed goes on for a moment without any: a browser that reconnects finds its notices.</summary>
/// <param name="source">The cluster.</param>
/// <param name="log">The log.</param>
internal sealed class LiveFeeds(PageSource source, ILogger<LiveFeed> log) : IAsyncDisposable
{
    /// <summary>The most runs that are followed at once.</summary>
    public const int MaxFeeds = 16;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _feeds = [];

    /// <summary>Connects to a feed.</summary>
    /// <param name="runId">The run; null for whichever is active.</param>
    /// <returns>The connection, to be disposed of; null if too many runs are followed already.</returns>
    public Connection? Connect(string? runId)
    {
        lock (_lock)
        {
            var key = runId ?? "";
            if (!_feeds.TryGetValue(key, out var entry))
            {
                if (_feeds.Count == MaxFeeds) return null;
                var end = new CancellationTokenSource();
                var feed = new LiveFeed(runId, source, log);
                _feeds[key] = entry = new Entry(feed, end, Task.Run(() => feed.Run(end.Token)));
            }

            entry.Connections++;
            return new Connection(entry.Feed, () => Leave(key, entry));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Entry[] all;
        lock (_lock)
        {
            all = [.. _feeds.Values];
            _feeds.Clear();
        }

        foreach (var entry in all) await End(entry);
    }

    private void Leave(string key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Connections > 0) return;
            entry.Left++;
        }

        _ = EndLater(key, entry, entry.Left);
    }

    private async Task EndLater(string key, Entry entry, int left)
    {
        await Task.Delay(s_grace, source.Time);
        lock (_lock)
        {
            if (entry.Connections > 0 || entry.Left != left || !_feeds.Remove(key)) return;
        }

        await End(entry);
    }

    private static async Task End(Entry entry)
    {
        await entry.End.CancelAsync();
        await entry.Loop;
        entry.End.Dispose();
    }

    /// <summary>A browser's connection to a feed.</summary>
    /// <param name="Feed">The feed.</param>
    /// <param name="Leave">Ends it.</param>
    internal sealed record Connection(LiveFeed Feed, Action Leave) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Leave();
    }

    private sealed record Entry(LiveFeed Feed, CancellationTokenSource End, Task Loop)
    {
        public int Connections { get; set; }

        public int Left { get; set; }
    }
}
