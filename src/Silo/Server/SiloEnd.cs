using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Configuration;

namespace MoeOrleans.Silo.Server;

/// <summary>Ends the process at once if the silo cannot go on, with one line that says why and what to do.</summary>
/// <param name="format">How the silo writes its log: a JSON log gets the line as an entry.</param>
/// <param name="logs">Where the log goes.</param>
/// <param name="exit">Ends the process with an exit code.</param>
internal sealed partial class SiloEnd(LogFormat format, IEnumerable<ILoggerProvider> logs, Action<int> exit)
{
    private int _ended;

    /// <summary>Ends the process. Only the first call has an effect.</summary>
    /// <param name="line">Why it ends and what to do.</param>
    /// <param name="code">The exit code.</param>
    public void Now(string line, int code)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1) return;
        if (format == LogFormat.Json)
        {
            foreach (var provider in logs)
            {
                var log = provider.CreateLogger(typeof(SiloEnd).FullName!);
                LogEnd(log, line);
                // It writes in the background: this waits until it has written.
                provider.Dispose();
            }
        }
        else
        {
            Console.Error.WriteLine($"{SiloLog.ReasonPrefix}{line}");
        }

        exit(code);
    }

    [LoggerMessage(EventId = 2201, Level = LogLevel.Critical, Message = "The silo ends: {Reason}")]
    private static partial void LogEnd(ILogger log, string reason);
}
