namespace MoeOrleans.Coordinator;

/// <summary>Time between attempts at a call: none before the first, then 50 ms, doubled each time up to 3.2 s.</summary>
internal static class RetryPause
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(50);

    public static Task Before(int attempt, CancellationToken aborted) =>
        attempt <= 1 ? Task.CompletedTask : Task.Delay(s_first * (1 << Math.Min(attempt - 2, 6)), aborted);
}
