namespace MoeOrleans.Cluster.Tests;

/// <summary>Waits, but not for ever.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something is so.</summary>
    public static async Task Until(string what, Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(s_limit, what);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
