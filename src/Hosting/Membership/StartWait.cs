using System.Globalization;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.Membership;

/// <summary>How long a silo waits, in all, for what its cluster may have later: an answer of Redis, its first silo, or a name that is free.</summary>
/// <param name="limit">From now on; zero if the silo does not wait.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Receives what the silo waits for, once for each thing.</param>
/// <param name="stopped">Ends a wait with an <see cref="OperationCanceledException"/>.</param>
internal sealed class StartWait(TimeSpan limit, TimeProvider time, Action<string> tell, CancellationToken stopped)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly long _begun = time.GetTimestamp();

    /// <summary>No wait: what the cluster does not have is refused at once.</summary>
    public static StartWait None { get; } = new(TimeSpan.Zero, TimeProvider.System, _ => { }, CancellationToken.None);

    /// <summary>Whether the silo waits at all.</summary>
    public bool IsWanted => limit > TimeSpan.Zero;

    /// <summary>Repeats an attempt until it succeeds.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="attempt">The attempt. If it throws a <see cref="ClusterUnavailableException"/>, a later one may succeed.</param>
    /// <param name="cancelled">Ends the wait too.</param>
    /// <exception cref="TimeoutException">No attempt succeeded within the limit.</exception>
    public async Task<T> For<T>(Func<Task<T>> attempt, CancellationToken cancelled = default)
    {
        if (!IsWanted) return await attempt();
        string? missing = null;
        var left = limit - time.GetElapsedTime(_begun);
        var retry = new RetryPolicy(time)
        {
            FirstPause = s_pause,
            LongestPause = s_pause,
            Deadline = left > s_pause ? left : s_pause,
            IsTransient = failure => failure is ClusterUnavailableException,
        };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopped, cancelled);
        try
        {
            return await retry.Run(
                async token =>
                {
                    try
                    {
                        return await attempt();
                    }
                    catch (ClusterUnavailableException failure)
                    {
                        if (missing is null && !token.IsCancellationRequested) tell(failure.Message);
                        missing = failure.Message;
                        throw;
                    }
                },
                ended.Token);
        }
        catch (Exception failure) when (failure is ClusterUnavailableException or TimeoutException)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"waited {limit.TotalSeconds:0} s: {missing ?? "no answer yet; a longer wait tells of what"}"));
        }
    }
}
