using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>A move of one expert between two steps, as the coordinator makes it: read, sent away, restored in another activation.</summary>
internal sealed class SimulatedMove(SimulatedNetwork network, SimulatedCoordinator coordinator, long generation, long version, int expert)
{
    private const int AttemptLimit = 4;

    private SimulatedExpert? _from;
    private (ulong State, ulong Best) _read;
    private int _attempts;
    private bool _ended;

    /// <summary>The first attempt, or another one after a call that failed or was lost.</summary>
    public void Attempt()
    {
        if (_ended) return;
        if (++_attempts > AttemptLimit) End(moved: false);
        else if (_from is null) network.Send(() => Read(network.Expert(expert)));
        else network.Send(SendAway);
    }

    private void Read(SimulatedExpert from)
    {
        var (atVersion, atGeneration, read) = (from.Ledger.Version, from.Ledger.Generation, (from.State, from.Best));
        network.Send(() =>
        {
            if (_ended || _from is not null) return;
            if (atVersion != version || atGeneration != generation)
            {
                End(moved: false);
                return;
            }

            (_from, _read) = (from, read);
            Attempt();
        });
    }

    private void SendAway()
    {
        network.Replace(expert, "moves");
        network.Send(() =>
        {
            if (!_ended) network.Send(() => Restore(network.Expert(expert)));
        });
    }

    private void Restore(SimulatedExpert to) => to.Restore(
        generation,
        version,
        _read,
        decision =>
        {
            if (_ended) return;
            // The old activation answers until it has deactivated.
            if (to == _from || decision == RestoreDecision.Refused) Attempt();
            else End(moved: true);
        },
        Attempt);

    private void End(bool moved)
    {
        _ended = true;
        if (moved) network.Seen.Moves++;
        else network.Seen.FailedMoves++;
        coordinator.MoveEnded(this, moved);
    }
}
