using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>
/// Moves experts and routers between two steps. An expert is read, sent away, and restored where it belongs, at the same version of the
/// same generation; a router has nothing to take along.
/// </summary>
/// <param name="grains">The run's grains.</param>
/// <param name="generation">The coordinator's generation.</param>
/// <param name="version">The version that every expert is at.</param>
/// <param name="kept">Version of the weights that experts keep beside; null where they keep none.</param>
internal sealed class GrainMoves(ExpertsAndRouters grains, long generation, long version, long? kept)
{
    /// <summary>Attempts to restore an expert on its new silo: about ten seconds.</summary>
    private const int AttemptLimit = 10;

    /// <summary>Attempts after which the expert is told again to move.</summary>
    private const int MoveAgain = 4;

    /// <summary>Moves what another assignment has elsewhere.</summary>
    /// <param name="to">The assignment; it is the run's from now on.</param>
    /// <exception cref="RecoverableException">It did not come off.</exception>
    public Task Rebalance(RunAssignment to)
    {
        var from = grains.Silos.Assignment;
        return Move(to, Changed(from.Experts, to.Experts), Changed(from.Routers, to.Routers));

        static int[] Changed(IEnumerable<string> before, IEnumerable<string> after) =>
            [.. before.Zip(after).Index().Where(pair => pair.Item.First != pair.Item.Second).Select(pair => pair.Index)];
    }

    /// <summary>Moves experts that came to life elsewhere than the run's assignment says.</summary>
    /// <param name="places">Where each expert is.</param>
    /// <exception cref="RecoverableException">It did not come off.</exception>
    public Task MoveBack(IReadOnlyList<string> places)
    {
        var assignment = grains.Silos.Assignment;
        var misplaced = places.Index().Where(place => place.Item != assignment.Experts[place.Index]).Select(place => place.Index).ToArray();
        return misplaced.Length == 0 ? Task.CompletedTask : Move(assignment, misplaced, []);
    }

    private async Task Move(RunAssignment to, int[] experts, int[] routers)
    {
        var states = await grains.Read(experts, expert => expert.Read(), generation, version);
        var keptWeights = kept is { } step ? await grains.Read(experts, expert => expert.ReadBest(), generation, step) : null;
        await grains.Silos.Assign(to);
        await Task.WhenAll(
        [
            .. experts.Select((m, i) => RecoverableException.Wrap($"{grains.Silos.Expert(m)} could not be moved there at version {version}", () => Move(m, states[i], keptWeights?[i]))),
            .. routers.Select(s => RecoverableException.Wrap($"{grains.Silos.Shard(s)} could not be moved there at version {version}", () => grains.Routers[s].Move())),
        ]);
    }

    private async Task Move(int expert, ExpertSnapshot state, ExpertSnapshot? keptWeights)
    {
        var request = new RestoreRequest(grains.Context, generation, version, state.Weights, state.OptimiserState, kept ?? 0, keptWeights?.Weights);
        var reason = $"it stayed on silo {state.Silo}";
        for (var attempt = 1; attempt <= AttemptLimit; attempt++)
        {
            await RetryPause.Before(attempt, CancellationToken.None);
            try
            {
                // Until it has gone, its old self answers.
                if (attempt % MoveAgain == 1) await grains.Experts[expert].Move();
                var reply = await grains.Experts[expert].Restore(request);
                if (reply.Silo != state.Silo && reply.Decision != RestoreDecision.Refused) return;
            }
            catch (Exception failure) when (CallFailure.IsUnreachable(failure))
            {
                // Silos that come and go reject calls until all agree; to restore twice is to restore once.
                reason = CallFailure.Reason(failure);
            }
        }

        throw new RecoverableException($"{grains.Silos.Expert(expert)} was to be moved there at version {version}: {reason}.");
    }
}
