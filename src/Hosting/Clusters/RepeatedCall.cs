using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>
/// Calls to a cluster, which are repeated through its gateways in turn: calls fail for some seconds if the cluster loses a gateway or the
/// silo of the grain. A call that failed may have taken effect: only calls that may take effect twice are made this way.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="deadline">Time for all attempts together.</param>
/// <param name="gateways">The gateways of the cluster; null if the caller does not know them.</param>
/// <param name="waiting">Receives a sentence if the calls take longer than a moment.</param>
internal sealed class RepeatedCall(TimeProvider time, TimeSpan deadline, GatewayTurn? gateways, Action<string>? waiting)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    // A cluster that has lost a silo without a word often answers the second call.
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(2);

    private readonly RetryPolicy _retry = new(time) { FirstPause = s_pause, LongestPause = s_pause, Deadline = deadline, IsTransient = IsTransient };

    /// <summary>Repeats a call until it succeeds.</summary>
    /// <typeparam name="T">Type of the answer.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="cancelled">Ends the attempts with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TimeoutException">The cluster did not answer until the deadline.</exception>
    /// <exception cref="InvalidOperationException">No silo of the cluster is left.</exception>
    public async Task<T> Run<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancelled = default)
    {
        var (begun, hasTold) = (time.GetTimestamp(), false);
        try
        {
            return await _retry.Run(
                async token =>
                {
                    try
                    {
                        return await call(token);
                    }
                    catch (Exception failure) when (IsTransient(failure))
                    {
                        await Failed();
                        throw;
                    }
                },
                cancelled);
        }
        catch (Exception failure) when (IsTransient(failure))
        {
            throw new TimeoutException($"the cluster has not answered for {deadline.TotalMinutes:0} minutes: {CallFailure.Reason(failure)}", failure);
        }

        async Task Failed()
        {
            gateways?.Next();
            if (gateways is not null && await gateways.AllRefuse()) throw new InvalidOperationException("the cluster has ended: every silo that it had refuses connections");
            if (hasTold || time.GetElapsedTime(begun) < s_moment) return;
            hasTold = true;
            waiting?.Invoke($"the cluster does not answer; trying again for up to {deadline.TotalMinutes:0} minutes");
        }
    }

    /// <summary>Repeats a call until it succeeds.</summary>
    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<CancellationToken, Task> call, CancellationToken cancelled = default) => Run(
        async token =>
        {
            await call(token);
            return true;
        },
        cancelled);

    private static bool IsTransient(Exception failure) => failure is OrleansException or TimeoutException;
}
