using MoeOrleans.Compute.Data;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Routers;

/// <summary>
/// Sends samples to experts of other silos in chunks. A bounded number of chunks is under way to each silo, which bounds the memory of
/// both sides. One caller at a time.
/// </summary>
/// <param name="chunkBytes">Bytes of a chunk at most; a sample is never split.</param>
internal sealed class SampleSender(int chunkBytes = SampleSender.ChunkBytes)
{
    /// <summary>Bytes of a chunk at most: large enough that the cost of a call is small in comparison, small enough not to block a connection.</summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>Largest number of chunks of one step under way to a silo.</summary>
    public const int Credits = 8;

    // Samples of the next step wait at an expert until it has committed this one, and the commit may need samples again: their credits are
    // apart. No more than two steps are under way at once.
    private readonly Dictionary<(string Silo, bool IsOdd), SemaphoreSlim> _credits = [];

    /// <summary>Bytes of one sample, its row and its label.</summary>
    /// <param name="set">The data set.</param>
    public static int Bytes(Samples<float> set) => sizeof(int) + (sizeof(float) * set.Patches * set.Dim);

    /// <summary>Cuts samples into chunks of about equal size and makes a call for each.</summary>
    /// <typeparam name="T">Reply to a call.</typeparam>
    /// <param name="silo">Name of the receiving silo.</param>
    /// <param name="step">The step that the samples are of, or the version that is evaluated.</param>
    /// <param name="set">The data set.</param>
    /// <param name="indexes">Which of them.</param>
    /// <param name="call">Sends a chunk, given the position of its first sample and its samples.</param>
    /// <returns>The replies in order. If a call fails, no other begins, and the failure is thrown.</returns>
    public async Task<T[]> Send<T>(string silo, long step, Samples<float> set, ReadOnlyMemory<int> indexes, Func<int, WireSamples, Task<T>> call)
    {
        var rowLength = set.Patches * set.Dim;
        var most = Math.Max(1, chunkBytes / Bytes(set));
        var chunks = (indexes.Length + most - 1) / most;
        var key = (silo, long.IsOddInteger(step));
        if (!_credits.TryGetValue(key, out var credits)) _credits[key] = credits = new SemaphoreSlim(Credits);
        var calls = new List<Task<T>>(chunks);
        var failed = false;
        for (var i = 0; i < chunks; i++)
        {
            await credits.WaitAsync();
            if (failed)
            {
                credits.Release();
                break;
            }

            calls.Add(Call((int)((long)indexes.Length * i / chunks), (int)((long)indexes.Length * (i + 1) / chunks)));
        }

        return await Task.WhenAll(calls);

        async Task<T> Call(int first, int end)
        {
            try
            {
                return await call(first, new WireSamples(set.Inputs, set.Labels, indexes[first..end], rowLength));
            }
            catch
            {
                failed = true;
                throw;
            }
            finally
            {
                credits.Release();
            }
        }
    }
}
