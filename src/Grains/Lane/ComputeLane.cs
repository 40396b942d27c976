namespace MoeOrleans.Grains.Lane;

/// <summary>
/// The bounded compute lane of a silo: dedicated threads that take the largest waiting piece of work and sleep while there is
/// none. Grain turns and membership probes keep the pool's threads.
/// </summary>
internal sealed class ComputeLane : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Piece, (int Cost, long Order)> _waiting = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread[] _threads;
    private readonly TimeProvider _time;
    private bool _disposed;
    private long _order;
    private long _busyTicks;
    private int _unfinished;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Number of threads, at least 1.</param>
    /// <param name="time">Measures the time spent on work; the system's clock if null.</param>
    public ComputeLane(int threads, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _time = time ?? TimeProvider.System;
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"compute lane {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads.</summary>
    public int Threads => _threads.Length;

    /// <summary>The clock that times are measured by.</summary>
    public TimeProvider Time => _time;

    /// <summary>Time that threads have spent on work, summed.</summary>
    public TimeSpan Busy => _time.GetElapsedTime(0, Volatile.Read(ref _busyTicks));

    /// <summary>Whether work waits or is being executed, on the lane or in a grain's turn.</summary>
    public bool IsBusy => Volatile.Read(ref _unfinished) > 0;

    /// <summary>A grain begins to compute in its own turn.</summary>
    public void BeginTurn() => Interlocked.Increment(ref _unfinished);

    /// <summary>What <see cref="BeginTurn"/> began has ended.</summary>
    public void EndTurn() => Interlocked.Decrement(ref _unfinished);

    /// <summary>Executes pieces of work, in any order and in parallel.</summary>
    /// <param name="costs">Size of each piece: the largest waiting one is taken first.</param>
    /// <param name="execute">Executes a piece, given scratch space of its thread and the piece's number.</param>
    /// <returns>Time spent on the pieces, summed over threads; fails with the first failure of a piece.</returns>
    public Task<TimeSpan> Run(ReadOnlySpan<int> costs, Action<LaneScratch, int> execute) => Run(costs, new LaneBatch(execute)).AsTask();

    /// <summary>Executes the pieces of a batch, in any order and in parallel.</summary>
    /// <param name="costs">Size of each piece: the largest waiting one is taken first.</param>
    /// <param name="batch">Executes a piece; reused only after it has ended and was awaited.</param>
    /// <returns>Time spent on the pieces, summed over threads; fails with the first failure of a piece.</returns>
    internal ValueTask<TimeSpan> Run(ReadOnlySpan<int> costs, LaneBatch batch)
    {
        if (costs.IsEmpty) return ValueTask.FromResult(TimeSpan.Zero);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // A batch waits as a whole or not at all: its pieces are counted by their number.
            _waiting.EnsureCapacity(_waiting.Count + costs.Length);
            var completion = batch.Begin(costs.Length, _time.GetTimestamp());
            for (var i = 0; i < costs.Length; i++) _waiting.Enqueue(new Piece(batch, i), (-costs[i], _order++));
            Interlocked.Add(ref _unfinished, costs.Length);
            _available.Release(costs.Length);
            return completion;
        }
    }

    /// <summary>Executes one piece of work.</summary>
    /// <param name="cost">Its size.</param>
    /// <param name="execute">Executes it, given scratch space of its thread.</param>
    public Task<TimeSpan> Run(int cost, Action<LaneScratch> execute) => Run([cost], (scratch, _) => execute(scratch));

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
            piece.Batch.Execute(scratch, piece.Number, _time, ref _busyTicks);
            Interlocked.Decrement(ref _unfinished);
        }
    }

    private readonly record struct Piece(LaneBatch Batch, int Number);
}
