using Microsoft.Extensions.Logging;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>Calls to grains that may be gone: they are asked again later, so a failure is only logged.</summary>
/// <param name="log">The log.</param>
internal sealed partial class BestEffortCalls(ILogger log)
{
    /// <summary>How long a silo may take to say what it is, or to take note.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>The answer; null where there is none.</summary>
    /// <typeparam name="T">What is answered.</typeparam>
    /// <param name="call">The call.</param>
    public async Task<T?> Ask<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call.WaitAsync(s_patience);
        }
#pragma warning disable CA1031 // It is asked again, or is gone.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNoAnswer(log, failure);
            return null;
        }
    }

    /// <summary>Whether a call without an answer was heard.</summary>
    /// <param name="call">The call.</param>
    public async Task<bool> Do(Task call) => await Ask(Heard(call)) is not null;

    private static async Task<Task> Heard(Task call)
    {
        await call;
        return call;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A silo or a grain of a run did not answer")]
    private static partial void LogNoAnswer(ILogger log, Exception failure);
}
