using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Placement;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>
/// Moves experts and routers between two steps. An expert is read, sent away, and restored on its new silo, at the same version of the
/// same generation. A router has no state to move.
/// </summary>
/// <param name="grains">The run's grains.</param>
/// <param name="generation">The coordinator's generation.</param>
/// <param name="version">The version that every expert is at.</param>
/// <param name="best">Version of the weights that experts keep as the best ones; null if they keep none.</param>
/// <param name="retry">Pauses between attempts to restore an expert on its new silo; ten take about ten seconds.</param>
/// <param name="log">The log.</param>
internal sealed partial class GrainMoves(ExpertsAndRouters grains, long generation, long version, long? best, RetryPolicy retry, ILogger log)
{
    /// <summary>Attempts after which the expert is sent away again.</summary>
    private const int AttemptsPerMove = 4;

    /// <summary>Elements of the experts that move at the same time: 256 MB.</summary>
    private const int ElementsAtOnce = 64 << 20;

    private readonly RetryPolicy _retry = retry with { AttemptLimit = 10, IsTransient = failure => failure is NotMovedException || CallFailure.IsUnreachable(failure) };

    /// <summary>Moves the grains that another assignment has on other silos.</summary>
    /// <param name="to">The assignment; it is the run's from now on.</param>
    /// <exception cref="RecoverableException">A grain could not be moved.</exception>
    public Task Rebalance(RunAssignment to)
    {
        var from = grains.Silos.Assignment;
        return Move(to, Changed(from.Experts, to.Experts), Changed(from.Routers, to.Routers));

        static int[] Changed(IEnumerable<string> before, IEnumerable<string> after) =>
            [.. before.Zip(after).Index().Where(pair => pair.Item.First != pair.Item.Second).Select(pair => pair.Index)];
    }

    /// <summary>Moves experts that were activated elsewhere than the run's assignment says.</summary>
    /// <param name="silos">The silo that each expert is on.</param>
    /// <exception cref="RecoverableException">An expert could not be moved.</exception>
    public Task MoveBack(IReadOnlyList<string> silos)
    {
        var assignment = grains.Silos.Assignment;
        var misplaced = silos.Index().Where(silo => silo.Item != assignment.Experts[silo.Index]).Select(silo => silo.Index).ToArray();
        return misplaced.Length == 0 ? Task.CompletedTask : Move(assignment, misplaced, []);
    }

    private async Task Move(RunAssignment to, int[] experts, int[] routers)
    {
        var start = retry.Time.GetTimestamp();
        await grains.Silos.Assign(to);
        await Task.WhenAll(routers.Select(s => RecoverableException.Wrap($"{grains.Silos.Shard(s)} could not be moved there at version {version}", () => grains.Routers[s].Move())));
        // The coordinator holds copies of a few experts at a time, however large they are.
        var state = grains.StateLength * (best is null ? 1 : 2);
        foreach (var some in experts.Chunk(Math.Max(1, ElementsAtOnce / Math.Max(1, state))))
            await Task.WhenAll(some.Select(m => RecoverableException.Wrap($"{grains.Silos.Expert(m)} could not be moved there at version {version}", () => Move(m))));
        var seconds = retry.Time.GetElapsedTime(start).TotalSeconds;
        if (experts.Length + routers.Length > 0) LogMoved(log, grains.Context.RunId, experts.Length, routers.Length, version, seconds);
    }

    private async Task Move(int expert)
    {
        var copy = await grains.Copy(expert, generation, version, best);
        var attempts = 0;
        // Silos that come and go reject calls until all agree. To restore an expert twice is to restore it once.
        await _retry.Run(async _ =>
        {
            // The old activation answers until it has deactivated.
            if (attempts++ % AttemptsPerMove == 0) await grains.Experts[expert].Move();
            var reply = await copy.Restore(grains.Experts[expert], grains.Context);
            if (reply.Silo == copy.Silo || reply.Decision is RestoreDecision.Refused or RestoreDecision.Incomplete) throw new NotMovedException($"it stayed on silo {copy.Silo}");
        });
    }

    [LoggerMessage(EventId = 2011, Level = LogLevel.Information, Message = "Run {RunId} moved {Experts} experts and {Routers} routers to other silos before step {Step}, in {Seconds:0.0} s")]
    private static partial void LogMoved(ILogger log, string runId, int experts, int routers, long step, double seconds);

    private sealed class NotMovedException(string message) : Exception(message);
}
