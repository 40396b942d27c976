using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>What a coordinator keeps of the recorded routing.</summary>
public sealed class RoutingRecorderTests
{
    // Two of them fill what is kept; a third has no room.
    private const int Samples = RoutingRecorder.KeptBytes / RoutingRecorder.SampleBytes / 2;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_step_is_recorded_once_and_kept_until_the_next_one_is_asked_for()
    {
        var recorder = new RoutingRecorder(2, _time);
        Enumerable.Range(0, 5).Where(step => recorder.IsDue(step)).ShouldBe([0, 2, 4]);
        recorder.Get(0, 0).ShouldBeNull();
        Add(recorder, 0);
        Add(recorder, 2);
        // A restart repeats them with the same bits.
        recorder.IsDue(0).ShouldBeFalse();
        recorder.IsDue(2).ShouldBeFalse();
        Add(recorder, 2);

        var first = recorder.Get(0, 0)!;
        (first.Step, first.Samples).ShouldBe((0, 3));
        first.Experts.Span.ToArray().ShouldBe(new ushort[] { 1, 0, 2 });
        first.Gates.Span.ToArray().ShouldBe([0.5f, 1, 2]);
        recorder.Get(0, 2)!.Experts.Span.ToArray().ShouldBe(new ushort[] { 2 });
        recorder.Get(1, 0)!.Step.ShouldBe(2);
        recorder.Get(0, 0).ShouldBeNull();
        recorder.Get(2, 0).ShouldBeNull();
        new RoutingRecorder(0, _time).IsDue(0).ShouldBeFalse();
    }

    [Fact]
    public void A_coordinator_that_moves_takes_the_records_along()
    {
        var recorder = new RoutingRecorder(1, _time);
        Add(recorder, 0);
        Add(recorder, 1);
        recorder.Get(1, 0)!.Step.ShouldBe(1);
        var moved = new RoutingRecorder(1, _time) { Snapshot = recorder.Snapshot };
        moved.IsDue(1).ShouldBeFalse();
        moved.IsDue(2).ShouldBeTrue();
        moved.Get(1, 0)!.Step.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_waits_for_room_and_goes_on_without_recording_if_nobody_fetches()
    {
        var recorder = new RoutingRecorder(1, _time);
        Add(recorder, 0, Samples);
        recorder.IsFull(1, Samples).ShouldBeFalse();
        Add(recorder, 1, Samples);
        recorder.IsFull(2, Samples).ShouldBeTrue();
        await recorder.WaitForRoom(2, Samples, () => true, Cancelled);
        var waiting = recorder.WaitForRoom(2, Samples, () => false, Cancelled);
        waiting.IsCompleted.ShouldBeFalse();
        recorder.Get(1, 0).ShouldNotBeNull();
        await Advance(waiting);
        recorder.IsDue(2).ShouldBeTrue();

        Add(recorder, 2, Samples);
        waiting = recorder.WaitForRoom(3, Samples, () => false, Cancelled);
        await Advance(waiting);
        recorder.IsDue(3).ShouldBeFalse();
        recorder.IsFull(3, Samples).ShouldBeFalse();
        // What was recorded before can still be fetched.
        recorder.Get(1, 0)!.Step.ShouldBe(1);
        recorder.Get(2, 0)!.Step.ShouldBe(2);
        recorder.Get(3, 0)!.IsGivenUp.ShouldBeTrue();
    }

    private async Task Advance(Task waiting)
    {
        for (var i = 0; i < 4000 && !waiting.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    // Two shards, in order.
    private static void Add(RoutingRecorder recorder, long step, int samples = 3) => recorder.Add(step, samples, samples == 3
        ? [Reply([1, 0], [0.5f, 1]), Reply([2], [2])]
        : [Reply(new ushort[samples], new float[samples])]);

    private static RouteReply Reply(ushort[] experts, float[] gates) => new(
        [], WireTensor<int>.None, 0, WireTensor<double>.None, WireTensor<int>.None, WireTensor<float>.None, 0, 0, ImmutableArray<RoutedDispatch>.Empty, new(new(experts), new(gates)));
}
