using Microsoft.Extensions.Logging;

namespace MoeOrleans.Hosting.Tls;

/// <summary>
/// How a handshake failed. Orleans reports that only to its log, as a stack; for one connection this is that log.
/// </summary>
internal sealed class HandshakeFailure : IServiceProvider, ILoggerFactory, ILogger
{
    /// <summary>The exception; null if the handshake succeeded.</summary>
    public Exception? Exception { get; private set; }

    public object? GetService(Type serviceType) => serviceType == typeof(ILoggerFactory) ? this : null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Exception ??= exception;

    public void Dispose()
    {
    }
}
