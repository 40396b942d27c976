using System.Globalization;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Training;

/// <summary>Waits for a cluster that is still starting: its Redis may not answer yet, and its silos join one after another.</summary>
/// <param name="silos">The silos to wait for.</param>
/// <param name="limit">How long; infinite if there is no limit.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Receives what it waits for, when that changes.</param>
internal sealed class ClusterWait(int silos, TimeSpan limit, TimeProvider time, Action<string> note)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Connects to a cluster that has the silos.</summary>
    /// <param name="address">The cluster.</param>
    /// <param name="name">The run's name; null if it has none. A run of this name that the cluster knows needs no more silos.</param>
    /// <param name="interrupted">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TimeoutException">The cluster does not have the silos within the limit.</exception>
    /// <exception cref="ConfigurationException">The cluster refuses the command, and would refuse it later too.</exception>
    public async Task<TrainingClient> Connect(ClusterAddress address, string? name, CancellationToken interrupted)
    {
        TrainingClient? client = null;
        var isTold = false;
        await Until(Count, interrupted);
        return client!;

        async Task<int> Count()
        {
            client ??= await TrainingClient.Connect(address, Tell);
            try
            {
                if (name is not null && (await client.List()).Any(run => run.Name == name && !run.IsLost)) return silos;
                return (await client.GetStatus()).Silos.Count(silo => !silo.IsDraining);
            }
            catch (Exception failure) when (failure is OrleansException or TimeoutException or InvalidOperationException)
            {
                // A new client: the silos may have new addresses.
                await client.DisposeAsync();
                client = null;
                throw new ClusterUnavailableException(FailureLine.Of(failure));
            }
        }

        // Silos that are listed and do not answer take minutes to be given up.
        void Tell(string sentence)
        {
            if (!isTold) note(sentence);
            isTold = true;
        }
    }

    /// <summary>Waits until the cluster has the silos.</summary>
    /// <param name="count">Counts the silos that the cluster has and that are not draining.</param>
    /// <param name="interrupted">Ends the wait.</param>
    internal async Task Until(Func<Task<int>> count, CancellationToken interrupted)
    {
        string? missing = null;
        var retry = new RetryPolicy(time) { FirstPause = s_pause, LongestPause = s_pause, Deadline = limit, IsTransient = failure => failure is ClusterUnavailableException };
        try
        {
            await retry.Run(
                async token =>
                {
                    try
                    {
                        var found = await count();
                        if (found < silos) throw new ClusterUnavailableException(string.Create(CultureInfo.InvariantCulture, $"the cluster has {found}"));
                    }
                    catch (ClusterUnavailableException failure)
                    {
                        if (missing != failure.Message && !token.IsCancellationRequested) note($"waiting for {Silos}: {failure.Message}");
                        missing = failure.Message;
                        throw;
                    }
                },
                interrupted);
        }
        catch (Exception failure) when (failure is ClusterUnavailableException or TimeoutException)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"--min-silos: waited {limit.TotalSeconds:0} s for {Silos}: {missing ?? "the cluster does not answer"}"), failure);
        }
    }

    private string Silos => string.Create(CultureInfo.InvariantCulture, $"{silos} {(silos == 1 ? "silo" : "silos")}");
}
