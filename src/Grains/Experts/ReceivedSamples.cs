using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// The samples received for the dispatches of the step in progress, one buffer for each dispatch. Chunks may come in any order and
/// more than once: each sample counts once.
/// </summary>
/// <param name="arrays">Where the buffers come from.</param>
/// <param name="rowLength">Elements of a row.</param>
/// <param name="block">Positions a block: a dispatch has at most that many samples for each of its blocks.</param>
internal sealed class ReceivedSamples(ArraySource arrays, int rowLength, int block)
{
    private readonly Dictionary<(BlockRange Range, int Total), Arrival> _arrivals = [];

    /// <summary>Dispatches of which samples were received.</summary>
    public int Count => _arrivals.Count;

    /// <summary>Copies a chunk. Its arrays remain the caller's to return.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="minibatch">Samples of its step's minibatch.</param>
    /// <exception cref="InvalidDataException">Its samples are no part of the dispatch that it names, or the minibatch has no such dispatch.</exception>
    public void Add(SampleChunk chunk, int minibatch)
    {
        var (range, total, first, samples) = (chunk.Range, chunk.Total, chunk.First, chunk.Samples);
        // Memory is rented for the announced number of rows: it must be possible.
        if (total < 1 || total > ShardCut.Samples(range, minibatch, block) || (long)total * rowLength > Array.MaxLength)
            throw new InvalidDataException($"Blocks {range} of {block} in a minibatch of {minibatch} samples have no dispatch of {total} samples of {rowLength} elements.");
        if (samples.RowLength != rowLength || samples.Count < 1 || first < 0 || first > total - samples.Count)
            throw new InvalidDataException($"{samples.Count} samples of {samples.RowLength} elements from {first} on are no part of {total} of {rowLength} elements.");
        if (!_arrivals.TryGetValue((range, total), out var arrival)) _arrivals[(range, total)] = arrival = new Arrival(arrays, total, rowLength);
        arrival.Add(first, samples);
    }

    /// <summary>Removes the samples of a dispatch if all were received. The caller disposes of them.</summary>
    /// <param name="range">The blocks of its shard.</param>
    /// <param name="total">Number of its samples.</param>
    /// <returns>The samples; null if some are missing.</returns>
    public WireSamples? TryTake(BlockRange range, int total)
    {
        if (!_arrivals.TryGetValue((range, total), out var arrival) || arrival.Missing > 0) return null;
        _arrivals.Remove((range, total));
        return arrival.Samples;
    }

    /// <summary>Drops all samples that were not removed.</summary>
    public void Clear()
    {
        foreach (var arrival in _arrivals.Values) arrival.Samples.Dispose();
        _arrivals.Clear();
    }

    private sealed class Arrival
    {
        private readonly bool[] _received;

        public Arrival(ArraySource arrays, int total, int rowLength)
        {
            _received = arrays.New<bool>(total);
            Array.Clear(_received);
            (Samples, Missing) = (WireSamples.Rent(arrays, total, rowLength), total);
        }

        public WireSamples Samples { get; }

        public int Missing { get; private set; }

        public void Add(int first, WireSamples samples)
        {
            samples.CopyTo(Samples, first);
            foreach (ref var received in _received.AsSpan(first, samples.Count))
            {
                if (!received) Missing--;
                received = true;
            }
        }
    }
}
