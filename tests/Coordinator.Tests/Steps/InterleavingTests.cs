using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>Whatever the network does, every expert ends with the bits of the run without faults.</summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    private const int Interleavings = 100_000;

    [Fact]
    public void Every_interleaving_commits_complete_steps_once_and_ends_with_the_same_bits()
    {
        var seen = new Tally();
        for (var seed = 0UL; seed < Interleavings; seed++)
            Run(seed, seen);

        output.WriteLine(seen.ToString());
        seen.Dispatches.ShouldAllBe(count => count > 0);
        seen.Commits.ShouldAllBe(count => count > 0);
        // The model restores in one message; pieces are ReceivedState's, with tests of its own.
        seen.Restores[..(int)RestoreDecision.Incomplete].ShouldAllBe(count => count > 0);
        seen.Steps.ShouldAllBe(count => count > 0);
        seen.TakeOvers.ShouldAllBe(count => count > 0);
        seen.Recoveries[(int)RecoverReason.LostCommits].ShouldBeGreaterThan(0);
        seen.Recoveries[(int)RecoverReason.NotRestored].ShouldBeGreaterThan(0);
        seen.Recoveries[(int)RecoverReason.AttemptsExhausted].ShouldBeGreaterThan(0);
        foreach (var count in (int[])[seen.EarlySamples, seen.StepsAhead, seen.OnlyRoutes, seen.LateResults, seen.LateFailures, seen.ZombieCommitsRefused, seen.IgnoredReports, seen.EmptyCommits, seen.Invalidated, seen.Moves, seen.FailedMoves])
            count.ShouldBeGreaterThan(0);
    }

    /// <summary>To see a seed again, write it here.</summary>
    [Theory]
    [InlineData(0UL)]
    public void One_interleaving_again(ulong seed) => Run(seed, new Tally());

    private static void Run(ulong seed, Tally seen)
    {
        try
        {
            new SimulatedNetwork(seed, seen, trace: null).Run();
        }
        catch (Exception first)
        {
            // Traces cost more than the run: this one is made by running the seed again.
            var trace = new List<string>();
            try
            {
                new SimulatedNetwork(seed, new Tally(), trace).Run();
            }
            catch (Exception)
            {
                trace.Add("** " + first.Message);
            }
            Assert.Fail($"Seed {seed}: {first.Message}. See it again with [InlineData({seed}UL)] on {nameof(One_interleaving_again)}."
                + Environment.NewLine + string.Join(Environment.NewLine, trace.TakeLast(150)) + Environment.NewLine + first);
        }
    }
}
