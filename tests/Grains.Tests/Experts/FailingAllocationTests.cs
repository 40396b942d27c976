using MoeOrleans.Grains.Lane;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Tests.Experts;

/// <summary>Memory that runs out at any moment costs a restore, and never a commit.</summary>
public sealed class FailingAllocationTests : IDisposable
{
    private readonly ComputeLane _lane = new(1);

    public void Dispose() => _lane.Dispose();

    [Theory]
    [InlineData(DispatchMode.Reference)]
    [InlineData(DispatchMode.Payload)]
    public async Task Whichever_allocation_fails_no_message_is_acknowledged_with_weights_that_it_did_not_lead_to(DispatchMode mode)
    {
        var clean = new ExpertScript(_lane, new FailingArrays(0), mode, expected: null);
        await Run(clean);
        clean.Restarts.ShouldBe(0);
        clean.Versions.Keys.ShouldBe([0, 1, 2, 3]);

        var (failing, restarts) = (0, 0);
        while (true)
        {
            var arrays = new FailingArrays(++failing);
            var script = new ExpertScript(_lane, arrays, mode, clean);
            try
            {
                await Run(script);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"With use {failing} of an array failing: {failure.Message}", failure);
            }

            script.Final.AsSpan().SequenceEqual(clean.Final).ShouldBeTrue($"use {failing}");
            script.Best.AsSpan().SequenceEqual(clean.Best).ShouldBeTrue($"use {failing}");
            restarts += script.Restarts;
            if (!arrays.HasFailed) break;
        }

        failing.ShouldBeGreaterThan(40);
        restarts.ShouldBeGreaterThan(0, "some failures come after the ledger has advanced");
    }

    // One thread at a time, as in a grain.
    private static Task Run(ExpertScript script) => Task.Factory.StartNew(
        script.Run, TestContext.Current.CancellationToken, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
}
