using Microsoft.Extensions.Logging;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>Calls to grains that may be lost. The caller repeats them later, so a failure is only logged.</summary>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class BestEffortCalls(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>The reply to a call; null if it failed or did not come in time.</summary>
    /// <typeparam name="T">Type of the reply.</typeparam>
    /// <param name="call">The call.</param>
    public async Task<T?> TryCall<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call.WaitAsync(s_timeout, time);
        }
#pragma warning disable CA1031 // Any failure means the same: there is no reply.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNoReply(log, failure);
            return null;
        }
    }

    /// <summary>Whether a call without a result succeeded in time.</summary>
    /// <param name="call">The call.</param>
    public async Task<bool> TryCall(Task call) => await TryCall(Completed(call)) is not null;

    private static async Task<Task> Completed(Task call)
    {
        await call;
        return call;
    }

    [LoggerMessage(EventId = 2108, Level = LogLevel.Information, Message = "A silo or a grain of a run did not answer")]
    private static partial void LogNoReply(ILogger log, Exception failure);
}
