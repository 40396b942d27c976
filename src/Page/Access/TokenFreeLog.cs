using Microsoft.Extensions.Logging;

namespace MoeOrleans.Page.Access;

/// <summary>
/// The log of the page's server. ASP.NET logs the address of each request as it was asked for, and the sign-in's has the token. So its
/// entries count from warnings on, which have no addresses.
/// </summary>
/// <param name="log">Receives what is left.</param>
internal sealed class TokenFreeLog(ILoggerFactory log) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        var logger = log.CreateLogger(categoryName);
        return categoryName.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) ? new FromWarning(logger) : logger;
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => log.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The program that starts the server disposes of the log.
    }

    private sealed class FromWarning(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
