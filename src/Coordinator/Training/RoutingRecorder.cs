using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>
/// Records the routing of every few steps until a client has fetched it. A step that a restart repeats has the same bits, so it is recorded
/// once. What is kept is bounded: if no client fetches, the run waits for one for a while, and then goes on without recording.
/// </summary>
/// <param name="interval">Steps between records; 0 for none.</param>
/// <param name="time">The clock.</param>
internal sealed class RoutingRecorder(int interval, TimeProvider time)
{
    /// <summary>Bytes that are kept at most, so that they fit into the message of a coordinator that moves.</summary>
    public const int KeptBytes = 24 << 20;

    /// <summary>Bytes of a sample: its gate and its expert.</summary>
    public const int SampleBytes = sizeof(float) + sizeof(ushort);

    /// <summary>Samples of a piece.</summary>
    public const int PieceSamples = 1 << 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly Queue<RecordedRouting> _kept = [];
    private int _fetched;
    private long _last = -1;
    private bool _isGivenUp;

    /// <summary>All that a coordinator on another silo needs to go on.</summary>
    public RoutingSnapshot Snapshot
    {
        get => new(_last, _fetched, [.. _kept], _isGivenUp);
        set
        {
            (_last, _fetched, _isGivenUp) = (value.Last, value.Fetched, value.IsGivenUp);
            foreach (var record in value.Kept) _kept.Enqueue(record);
        }
    }

    /// <summary>Whether a step is recorded.</summary>
    /// <param name="step">The step.</param>
    public bool IsDue(long step) => interval > 0 && !_isGivenUp && step > _last && step % interval == 0;

    /// <summary>Whether a step is recorded and has no room yet.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">Its samples.</param>
    public bool IsFull(long step, int samples) =>
        IsDue(step) && _kept.Count > 0 && _kept.Sum(record => (long)record.Samples) + samples > KeptBytes / SampleBytes;

    /// <summary>Waits until a client has fetched enough for a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="isPausing">Whether the run is to pause: then nothing is waited for.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    public async Task WaitForRoom(long step, int samples, Func<bool> isPausing, CancellationToken aborted)
    {
        var (start, before) = (time.GetTimestamp(), _fetched);
        while (IsFull(step, samples) && !isPausing())
        {
            await Task.Delay(s_pause, time, aborted);
            if (_fetched > before) (start, before) = (time.GetTimestamp(), _fetched);
            _isGivenUp = time.GetElapsedTime(start) > s_timeout;
        }
    }

    /// <summary>Records a step that is routed.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="replies">The routers' replies in shard order.</param>
    public void Add(long step, int samples, IReadOnlyList<RouteReply> replies)
    {
        // A reply of a step that began before the recording was given up may still carry a record.
        if (!IsDue(step)) return;
        var (experts, gates, at) = (new ushort[samples], new float[samples], 0);
        foreach (var reply in replies)
        {
            var record = reply.Record ?? throw new InvalidOperationException($"A router's reply to step {step} has no record.");
            record.Experts.Span.CopyTo(experts.AsSpan(at));
            record.Gates.Span.CopyTo(gates.AsSpan(at));
            at += record.Experts.Length;
        }

        _last = step;
        _kept.Enqueue(new RecordedRouting(step, samples, new(experts), new(gates)));
    }

    /// <summary>A piece of a record. Records before it are dropped: the client has them.</summary>
    /// <param name="record">Number of the record, from 0.</param>
    /// <param name="first">First position wanted.</param>
    /// <returns>The piece; null if there is no such record yet.</returns>
    public RecordedRouting? Get(int record, int first)
    {
        for (; _fetched < record && _kept.Count > 0; _fetched++) _kept.Dequeue();
        if (_kept.Count == 0 || record != _fetched) return _isGivenUp ? new RecordedRouting(_last, 0, WireTensor<ushort>.None, WireTensor<float>.None, IsGivenUp: true) : null;
        var found = _kept.Peek();
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, found.Samples);
        var count = Math.Min(PieceSamples, found.Samples - first);
        return found with { Experts = new(found.Experts.Memory.Slice(first, count)), Gates = new(found.Gates.Memory.Slice(first, count)) };
    }
}
