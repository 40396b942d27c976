namespace MoeOrleans.Hosting.Clusters;

/// <summary>Questions to a cluster that may lose a silo meanwhile, and with it the gateway or the grain that was asked.</summary>
public static class PatientCall
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until there is an answer, for half a minute.</summary>
    /// <param name="call">The question; asking twice must do no harm.</param>
    public static async Task<T> Ask<T>(Func<Task<T>> call)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (failure is OrleansException or TimeoutException && !patience.IsCancellationRequested)
            {
                await Task.Delay(s_pause).ConfigureAwait(false);
            }
        }
    }
}
