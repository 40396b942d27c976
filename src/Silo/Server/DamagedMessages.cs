using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MoeOrleans.Silo.Server;

/// <summary>
/// Keeps the process alive if Orleans cannot handle a message that it has received. Orleans handles each message on a thread of the pool.
/// Its error handling itself throws for some messages, such as one of no known direction, and .NET would then end the process.
/// </summary>
/// <param name="log">The log.</param>
internal sealed partial class DamagedMessages(ILogger<DamagedMessages> log) : IHostedService
{
    // Only what such a message causes is dropped. Grains run in turns of their own, which are not below this method.
    private const string Receiver = "at Orleans.Runtime.Messaging.Connection.MessageHandler.Execute()";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ExceptionHandling.SetUnhandledExceptionHandler(Drop);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Drops the message whose handling failed.</summary>
    /// <param name="failure">An exception that no code has caught.</param>
    /// <returns>Whether it was a message; otherwise the process has to end.</returns>
    internal bool Drop(Exception failure)
    {
        if (failure.StackTrace?.Contains(Receiver, StringComparison.Ordinal) != true) return false;
        var reason = $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}";
        LogDropped(log, reason);
        return true;
    }

    [LoggerMessage(EventId = 2206, Level = LogLevel.Warning, Message = "Dropped a damaged message that Orleans could not handle ({Reason})")]
    private static partial void LogDropped(ILogger log, string reason);
}
