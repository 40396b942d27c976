using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.Training;

/// <summary>A failure after which a run can restart in another generation.</summary>
internal sealed class RecoverableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Makes any failure of calls to grains recoverable.</summary>
    /// <param name="what">What has failed, for the message.</param>
    /// <param name="calls">The calls.</param>
    public static async Task<T> Wrap<T>(string what, Func<Task<T>> calls)
    {
        try
        {
            return await calls();
        }
        catch (Exception failure) when (failure is not RecoverableException)
        {
            throw new RecoverableException($"{what}: {CallFailure.Reason(failure)}", failure);
        }
    }

    /// <summary>Makes any failure of calls to grains recoverable.</summary>
    /// <param name="what">What has failed, for the message.</param>
    /// <param name="calls">The calls.</param>
    public static Task Wrap(string what, Func<Task> calls) => Wrap(what, async () =>
    {
        await calls();
        return true;
    });
}
