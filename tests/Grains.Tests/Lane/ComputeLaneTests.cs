using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Tests.Lane;

public sealed class ComputeLaneTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_piece_is_done_once()
    {
        using var lane = new ComputeLane(3);
        var done = new int[1000];
        await lane.Run(new int[done.Length], (_, piece) => Interlocked.Increment(ref done[piece]));
        done.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public async Task The_largest_waiting_piece_goes_first_and_equals_in_their_order()
    {
        using var lane = new ComputeLane(1);
        using var gate = new ManualResetEventSlim();
        var blocker = lane.Run(1, _ => gate.Wait(Cancelled));
        var order = new List<int>();
        var work = lane.Run([5, 70, 7, 70], (_, piece) => order.Add(piece));
        gate.Set();
        await blocker;
        await work;
        order.ShouldBe([1, 3, 2, 0]);
    }

    [Fact]
    public async Task No_more_threads_than_the_lane_has_work_at_once()
    {
        using var lane = new ComputeLane(2);
        var (now, most) = (0, 0);
        await lane.Run(new int[50], (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            Thread.Sleep(1);
            Interlocked.Decrement(ref now);
        });
        most.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_failure_goes_to_whoever_asked_and_the_lane_goes_on()
    {
        using var lane = new ComputeLane(2);
        (await Should.ThrowAsync<InvalidOperationException>(lane.Run(new int[10], (_, piece) =>
        {
            if (piece == 4) throw new InvalidOperationException("piece four");
        }))).Message.ShouldBe("piece four");
        var done = 0;
        await lane.Run(new int[10], (_, _) => Interlocked.Increment(ref done));
        done.ShouldBe(10);
    }

    [Fact]
    public async Task Time_is_counted()
    {
        using var lane = new ComputeLane(2);
        var busy = await lane.Run([1, 1], (_, _) => Thread.Sleep(20));
        busy.TotalMilliseconds.ShouldBeGreaterThan(35);
        lane.Busy.TotalMilliseconds.ShouldBeGreaterThan(35);
    }

    [Fact]
    public async Task Work_that_has_ended_is_counted()
    {
        using var lane = new ComputeLane(1);
        using var gate = new ManualResetEventSlim();
        var following = Follow();
        gate.Set();
        var (work, busy) = await following;
        await Task.Yield(); // Off the lane's thread, which could not end itself.
        busy.ShouldBe(work);

        async Task<(TimeSpan Work, TimeSpan Busy)> Follow()
        {
            SynchronizationContext.SetSynchronizationContext(new AtOnce());
            var work = await lane.Run([1], new LaneBatch((_, _) => gate.Wait(Cancelled)));
            return (work, lane.Busy);
        }
    }

    /// <summary>Goes on where work ends, so that nothing after its end can have happened yet.</summary>
    private sealed class AtOnce : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => d(state);
    }

    [Fact]
    public async Task Disposing_cancels_what_waits_and_ends_the_threads()
    {
        var lane = new ComputeLane(1);
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var running = lane.Run(1, _ =>
        {
            started.Set();
            gate.Wait(Cancelled);
        });
        var waiting = lane.Run(1, _ => { });
        started.Wait(Cancelled);
        gate.Set();
        lane.Dispose();
        await running;
        // It may have been done before the lane was stopped.
        await waiting.ContinueWith(_ => { }, Cancelled, TaskContinuationOptions.None, TaskScheduler.Default);
        (waiting.IsCanceled || waiting.IsCompletedSuccessfully).ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(() => lane.Run(1, _ => { }));
    }
}
