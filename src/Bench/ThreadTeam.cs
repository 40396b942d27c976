namespace MoeOrleans.Bench;

/// <summary>Threads that do one job after another together: each thread takes the next piece of the job until none is left.</summary>
internal sealed class ThreadTeam : IDisposable
{
    private readonly Barrier _barrier;
    private readonly Thread[] _others;
    private Action<int, int> _work = (_, _) => { };
    private int _pieces;
    private int _taken;
    private bool _ended;

    /// <param name="threads">Number of threads, the caller's included.</param>
    public ThreadTeam(int threads)
    {
        _barrier = new Barrier(threads);
        _others = [.. Enumerable.Range(1, threads - 1).Select(t => new Thread(() => WaitForJobs(t)) { IsBackground = true, Name = $"bench {t}" })];
        foreach (var thread in _others) thread.Start();
    }

    /// <summary>Does every piece of a job once, on any thread and in any order; returns when all are done.</summary>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="work">Does one piece: gets the thread's and the piece's number, both from 0.</param>
    public void Run(int pieces, Action<int, int> work)
    {
        _work = work;
        _pieces = pieces;
        _taken = 0;
        if (_others.Length > 0) _barrier.SignalAndWait();
        DoPieces(0);
        if (_others.Length > 0) _barrier.SignalAndWait();
    }

    public void Dispose()
    {
        _ended = true;
        if (_others.Length > 0) _barrier.SignalAndWait();
        foreach (var thread in _others) thread.Join();
        _barrier.Dispose();
    }

    private void WaitForJobs(int thread)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ended) return;
            DoPieces(thread);
            _barrier.SignalAndWait();
        }
    }

    private void DoPieces(int thread)
    {
        while (Interlocked.Increment(ref _taken) - 1 is var piece && piece < _pieces) _work(thread, piece);
    }
}
