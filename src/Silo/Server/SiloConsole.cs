using Microsoft.Extensions.Logging;
using MoeOrleans.Silo.Configuration;

namespace MoeOrleans.Silo.Server;

/// <summary>The log of a silo on its console: one line an entry.</summary>
internal static class SiloConsole
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Adds the console.</summary>
    /// <param name="logging">The log.</param>
    /// <param name="format">How it writes an entry.</param>
    public static ILoggingBuilder AddSiloConsole(this ILoggingBuilder logging, LogFormat format) => format == LogFormat.Json
        ? logging.AddJsonConsole(json => (json.TimestampFormat, json.UseUtcTimestamp) = (Timestamp, true))
        : logging.AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat, line.UseUtcTimestamp) = (true, $"{Timestamp} ", true));
}
