using System.Collections.Concurrent;
using MoeOrleans.Compute.Data;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Tests.Routers;

public sealed class SampleSenderTests
{
    private const int Dim = 15;

    private static readonly Samples<float> s_set = new(1, Dim, 1, new float[1000 * Dim], new int[1000], new int[1000]);
    private static readonly ReadOnlyMemory<int> s_all = Enumerable.Range(0, 1000).ToArray();

    // A sample has 64 bytes: fifteen numbers and its label.
    private readonly SampleSender _sender = new(chunkBytes: 1024);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public async Task Chunks_have_about_equal_size_and_hold_every_sample_once(int count)
    {
        var chunks = await _sender.Send("b", 0, s_set, s_all[..count], (first, samples) => Task.FromResult((First: first, Indexes: samples.Indexes.ToArray())));
        chunks.SelectMany(chunk => chunk.Indexes).ShouldBe(Enumerable.Range(0, count));
        chunks.Select(chunk => chunk.First).ShouldBe(chunks.Select((_, c) => chunks[..c].Sum(before => before.Indexes.Length)));
        chunks.Length.ShouldBe((count + 15) / 16);
        if (count > 0) chunks.ShouldAllBe(chunk => chunk.Indexes.Length >= count / chunks.Length && chunk.Indexes.Length <= 16);
    }

    [Fact]
    public async Task A_sample_larger_than_a_chunk_goes_alone()
    {
        var chunks = await new SampleSender(chunkBytes: 1).Send("b", 0, s_set, s_all[..3], (_, samples) => Task.FromResult(samples.Count));
        chunks.ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task No_more_chunks_than_there_are_credits_are_under_way_to_a_silo()
    {
        // Whoever waited for a credit goes on on whatever thread.
        var waiting = new ConcurrentQueue<TaskCompletionSource<int>>();
        var one = _sender.Send("b", 0, s_set, s_all[..320], Call);
        var two = _sender.Send("b", 0, s_set, s_all[..320], Call);
        waiting.Count.ShouldBe(SampleSender.Credits);
        var other = _sender.Send("c", 0, s_set, s_all[..16], (_, samples) => Task.FromResult(samples.Count));
        (await other).ShouldBe([16], "another silo has credits of its own");
        var sent = 0;
        while (!(one.IsCompleted && two.IsCompleted))
        {
            waiting.Count.ShouldBeLessThanOrEqualTo(SampleSender.Credits);
            if (waiting.TryDequeue(out var next))
            {
                sent++;
                next.SetResult(sent);
            }

            await Task.Yield();
        }

        sent.ShouldBe(40);

        Task<int> Call(int first, WireSamples samples)
        {
            var answer = new TaskCompletionSource<int>();
            waiting.Enqueue(answer);
            return answer.Task;
        }
    }

    [Fact]
    public async Task Chunks_of_the_next_step_that_wait_do_not_hold_up_those_of_this_one()
    {
        var committed = new TaskCompletionSource<int>();
        var early = _sender.Send("b", 4, s_set, s_all, (_, _) => committed.Task);
        // The expert cannot commit step 3 before these have come again.
        var again = _sender.Send("b", 3, s_set, s_all, (_, samples) => Task.FromResult(samples.Count));
        (await again.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Sum().ShouldBe(1000);
        early.IsCompleted.ShouldBeFalse();
        committed.SetResult(1);
        (await early).Length.ShouldBe(63);
    }

    [Fact]
    public async Task After_a_call_that_failed_no_other_begins_and_the_credits_are_there_again()
    {
        var answers = new List<TaskCompletionSource<int>>();
        var sending = _sender.Send("b", 0, s_set, s_all, (_, _) =>
        {
            answers.Add(new TaskCompletionSource<int>());
            return answers[^1].Task;
        });
        answers.Count.ShouldBe(SampleSender.Credits);
        answers[2].SetException(new IOException("the third"));
        for (var i = 0; i < answers.Count; i++) answers[i].TrySetResult(i);
        (await Should.ThrowAsync<IOException>(sending)).Message.ShouldBe("the third");
        answers.Count.ShouldBe(SampleSender.Credits, "of 63 chunks");
        (await _sender.Send("b", 0, s_set, s_all, (_, samples) => Task.FromResult(samples.Count))).Sum().ShouldBe(1000);
    }
}
