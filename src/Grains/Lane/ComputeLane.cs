using System.Diagnostics;

namespace MoeOrleans.Grains.Lane;

/// <summary>
/// The bounded compute lane of a silo: dedicated threads that take the largest waiting piece of work and do not spin while
/// there is none, so that grain turns and membership probes keep their own threads.
/// </summary>
internal sealed class ComputeLane : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Piece, (int Weight, long Order)> _waiting = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread[] _threads;
    private bool _disposed;
    private long _order;
    private long _busyTicks;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Number of threads, at least 1.</param>
    public ComputeLane(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"compute lane {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads.</summary>
    public int Threads => _threads.Length;

    /// <summary>Time that threads have spent on work, summed.</summary>
    public TimeSpan Busy => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _busyTicks));

    /// <summary>Does pieces of work, in any order and at the same time, and then ends.</summary>
    /// <param name="weights">Size of each piece: the largest waiting one is taken first.</param>
    /// <param name="execute">Does a piece, given scratch space of its thread and the piece's number.</param>
    /// <returns>Time spent on the pieces, summed over threads; fails with the first failure of a piece.</returns>
    public Task<TimeSpan> Run(ReadOnlySpan<int> weights, Action<LaneScratch, int> execute) => Run(weights, new LaneBatch(execute)).AsTask();

    /// <summary>Does the pieces of a batch, in any order and at the same time, and then ends.</summary>
    /// <param name="weights">Size of each piece: the largest waiting one is taken first.</param>
    /// <param name="batch">Does a piece; not again before it has ended and was awaited.</param>
    /// <returns>Time spent on the pieces, summed over threads; fails with the first failure of a piece.</returns>
    internal ValueTask<TimeSpan> Run(ReadOnlySpan<int> weights, LaneBatch batch)
    {
        if (weights.IsEmpty) return ValueTask.FromResult(TimeSpan.Zero);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var completion = batch.Begin(weights.Length);
            for (var i = 0; i < weights.Length; i++) _waiting.Enqueue(new Piece(batch, i), (-weights[i], _order++));
            _available.Release(weights.Length);
            return completion;
        }
    }

    /// <summary>Does one piece of work.</summary>
    /// <param name="weight">Its size.</param>
    /// <param name="execute">Does it, given scratch space of its thread.</param>
    public Task<TimeSpan> Run(int weight, Action<LaneScratch> execute) => Run([weight], (scratch, _) => execute(scratch));

    /// <summary>Stops the threads; work that waits is cancelled.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _stopping.Cancel();
        foreach (var thread in _threads) thread.Join();
        while (_waiting.TryDequeue(out var piece, out _)) piece.Batch.Cancel();
        _available.Dispose();
        _stopping.Dispose();
    }

    private void Work()
    {
        var scratch = new LaneScratch();
        while (true)
        {
            try
            {
                _available.Wait(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Piece piece;
            lock (_lock) piece = _waiting.Dequeue();
            piece.Batch.Execute(scratch, piece.Number, ref _busyTicks);
        }
    }

    private readonly record struct Piece(LaneBatch Batch, int Number);
}
