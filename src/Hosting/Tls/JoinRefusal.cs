using System.Net;

namespace MoeOrleans.Hosting.Tls;

/// <summary>
/// Ends the start of a silo that cannot connect to another silo of its cluster, for a reason that more attempts do not change. Orleans
/// would try for a minute.
/// </summary>
internal sealed class JoinRefusal
{
    private readonly TaskCompletionSource<string> _refusal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What a silo says that is not let in.</summary>
    /// <param name="silo">The silo that it connected to.</param>
    /// <param name="reason">Why.</param>
    public static string Line(EndPoint? silo, string reason) => $"cannot join the cluster: the silo at {silo}: {reason}";

    /// <summary>A connection was not made.</summary>
    /// <param name="silo">The silo that this one connected to.</param>
    /// <param name="reason">Why.</param>
    public void NotConnected(EndPoint? silo, string reason) => _refusal.TrySetResult(Line(silo, reason));

    /// <summary>Waits until the silo has started.</summary>
    /// <param name="start">The start.</param>
    /// <param name="grace">How long the start may still succeed without the connection.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">A connection was not made.</exception>
    public async Task Watch(Task start, TimeSpan grace, TimeProvider time)
    {
        if (await Task.WhenAny(start, _refusal.Task) != start)
        {
            await Task.WhenAny(start, Task.Delay(grace, time));
            if (!start.IsCompletedSuccessfully) throw new ConfigurationException(await _refusal.Task);
        }

        await start;
    }
}
