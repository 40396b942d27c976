using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MoeOrleans.Tests;

/// <summary>Keeps the events of a log with their fields.</summary>
/// <param name="level">The lowest level that is kept.</param>
internal sealed class EventLog(LogLevel level) : ILogger
{
    private readonly ConcurrentQueue<LoggedEvent> _events = new();

    /// <summary>The events in the order they were logged.</summary>
    public IReadOnlyList<LoggedEvent> Events => [.. _events];

    /// <summary>Makes this log the one of every category.</summary>
    public ILoggerProvider Provider => new EveryCategory(this);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
        _events.Enqueue(new LoggedEvent(eventId.Id, logLevel, formatter(state, exception), values.GroupBy(value => value.Key).ToDictionary(group => group.Key, group => group.Last().Value)));
    }

    private sealed class EveryCategory(EventLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}

/// <summary>An event of a log.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Level">Its level.</param>
/// <param name="Message">Its text.</param>
/// <param name="Values">Its fields by name.</param>
internal sealed record LoggedEvent(int Id, LogLevel Level, string Message, IReadOnlyDictionary<string, object?> Values);
