namespace MoeOrleans.Bench;

/// <summary>Threads that do the phases of a step together, each taking the next piece that nobody has taken yet.</summary>
internal sealed class BareTeam : IDisposable
{
    private readonly Barrier _barrier;
    private readonly Thread[] _others;
    private Action<int, int> _work = (_, _) => { };
    private int _pieces;
    private int _taken;
    private bool _ended;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many, the caller's included.</param>
    public BareTeam(int threads)
    {
        _barrier = new Barrier(threads);
        _others = [.. Enumerable.Range(1, threads - 1).Select(t => new Thread(() => Follow(t)) { IsBackground = true, Name = $"bare {t}" })];
        foreach (var thread in _others) thread.Start();
    }

    /// <summary>Number of threads.</summary>
    public int Threads => _others.Length + 1;

    /// <summary>Does pieces of work on all threads, in any order.</summary>
    /// <param name="pieces">How many.</param>
    /// <param name="work">Does one, given the thread and the piece.</param>
    public void Do(int pieces, Action<int, int> work)
    {
        (_work, _pieces, _taken) = (work, pieces, 0);
        if (_others.Length > 0) _barrier.SignalAndWait();
        Take(0);
        if (_others.Length > 0) _barrier.SignalAndWait();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _ended = true;
        if (_others.Length > 0) _barrier.SignalAndWait();
        foreach (var thread in _others) thread.Join();
        _barrier.Dispose();
    }

    private void Follow(int thread)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ended) return;
            Take(thread);
            _barrier.SignalAndWait();
        }
    }

    private void Take(int thread)
    {
        while (Interlocked.Increment(ref _taken) - 1 is var piece && piece < _pieces) _work(thread, piece);
    }
}
