namespace MoeOrleans.Cluster.Tests;

/// <summary>Waits, but not for ever.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something is so.</summary>
    /// <param name="otherwise">What is wrong if it does not come to be.</param>
    /// <param name="condition">What is waited for.</param>
    public static async Task Until(Func<string> otherwise, Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_limit) Assert.Fail($"After {s_limit.TotalSeconds:0} s {otherwise()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
