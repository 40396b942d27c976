using System.Numerics;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>One activation of an expert: a ledger, and a hash in the place of weights.</summary>
internal sealed class SimulatedExpert(SimulatedNetwork network, int index, long bornUnder)
{
    private readonly Dictionary<long, List<SimulatedRoute>> _waiting = [];
    private readonly Dictionary<BlockRange, uint> _arrived = [];
    private readonly List<Action> _early = [];
    private int _changes;

    public ExpertLedger<Partial, ulong> Ledger { get; } = new();

    public ulong State { get; private set; } = 0xDEAD;

    /// <summary>The state that is kept as the best one.</summary>
    public ulong Best { get; private set; } = 0xDEAD;

    /// <summary>The last generation when this activation began: only a later one is sure to restore it before it steps.</summary>
    public long BornUnder { get; private set; } = bornUnder;

    public bool Alive { get; set; } = true;

    /// <summary>By payload: some samples of a dispatch.</summary>
    public void ReceiveSamples(SimulatedRoute route, uint samples)
    {
        var (step, range) = (route.Command.Step, route.Command.Range);
        if (Ledger.IsEarly(step))
        {
            network.Seen.EarlySamples++;
            _early.Add(() => ReceiveSamples(route, samples));
            return;
        }

        if (Ledger.Wants(step, range)) _arrived[range] = _arrived.GetValueOrDefault(range) | samples;
        network.Trace?.Add($"expert {index} takes {samples:x} of {step} {range}, has {_arrived.GetValueOrDefault(range):x}");
        network.Send(() => route.Taken(index, samples));
    }

    public void Dispatch(SimulatedRoute route)
    {
        var (step, range) = (route.Command.Step, route.Command.Range);
        var decision = Ledger.Dispatch(step, range);
        var kind = decision.Kind;
        if (kind == DispatchKind.Compute && network.ByPayload && _arrived.GetValueOrDefault(range) != route.Samples(index))
        {
            SimulatedNetwork.Require(Ledger.Abandon(decision.Ticket), "a dispatch without its samples could not be abandoned");
            kind = DispatchKind.SamplesMissing;
        }

        network.Seen.Dispatches[(int)kind]++;
        network.Trace?.Add($"expert {index} dispatched {step} {range}: {kind}");
        switch (kind)
        {
            case DispatchKind.Compute:
                _waiting[decision.Ticket.Number] = [route];
                _arrived.Remove(range);
                var (state, changes) = (State, _changes);
                network.Later(() => Finish(decision.Ticket, state, changes));
                break;
            case DispatchKind.SamplesMissing:
                network.Send(() => route.SamplesMissing(index));
                break;
            case DispatchKind.Early:
                _early.Add(() => Dispatch(route));
                break;
            case DispatchKind.Pending:
                _waiting[decision.Ticket.Number].Add(route);
                break;
            case DispatchKind.Done:
                network.Send(() => route.Answered(index, decision.Answer));
                break;
            default:
                network.Send(() => route.Refused(index, decision.Kind));
                break;
        }
    }

    public void Commit(SimulatedCoordinator coordinator, Coordinator.Steps.StepCommand command)
    {
        if (command.Generation < Ledger.Generation)
            network.Seen.ZombieCommitsRefused++;
        var (version, generation) = (Ledger.Version, Ledger.Generation);
        var decision = Ledger.Commit(command.Generation, command.Step, command.Coverage.AsSpan());
        network.Seen.Commits[(int)decision.Kind]++;
        network.Trace?.Add($"expert {index} commit {command.Step} of generation {command.Generation} at {version}, generation {generation}: {decision.Kind}");
        if (decision.Kind == CommitKind.Apply)
        {
            SimulatedNetwork.Require(generation == command.Generation, "a commit of another generation was applied");
            SimulatedNetwork.Require(version == command.Step && Ledger.Version == version + 1, "the version did not advance by one from the step");
            SimulatedNetwork.Require(Ledger.EntryCount == 0, "entries outlived their step");
            var samples = 0U;
            foreach (var partial in decision.Partials)
            {
                SimulatedNetwork.Require((samples & partial.Samples) == 0, "a sample was committed twice");
                SimulatedNetwork.Require(partial.State == State, "a partial is of other weights");
                SimulatedNetwork.Require(partial.Samples == 0 || partial.Samples > samples, "the partials are out of order");
                samples |= partial.Samples;
            }
            SimulatedNetwork.Require(samples == network.Reference.Samples(version, index), "a commit has work missing");
            if (samples == 0)
                network.Seen.EmptyCommits++;
            if (network.MemoryRunsOut())
            {
                Invalidate($"commit of {command.Step}");
                network.Send(() => coordinator.CommitFailed(command));
                return;
            }
            if (network.Reference.IsBest(command.Step))
                Best = State;
            State = ReferenceRun.NextState(State, samples);
            SimulatedNetwork.Require(State == network.Reference.State(Ledger.Version, index), "the state is not that of the run without faults");
            SimulatedNetwork.Require(Best == network.Reference.BestState(Ledger.Version, index), "the best state is not that of the run without faults");
            _changes++;
            _arrived.Clear();
            JudgeAgain();
            network.CheckVersions();
        }
        else
        {
            SimulatedNetwork.Require(Ledger.Version == version, "a refused commit changed the version");
        }
        network.Send(() => coordinator.CommitReplied(command, decision.Kind, decision.Missing));
    }

    public void Restore(long generation, long version, (ulong State, ulong Best) state, Action<RestoreDecision> replied, Action failed)
    {
        var before = Ledger.Generation;
        var decision = Ledger.Restore(generation, version);
        network.Seen.Restores[(int)decision]++;
        network.Trace?.Add($"expert {index} restore {version} of generation {generation} at generation {before}: {decision}");
        if (decision == RestoreDecision.Restored)
        {
            SimulatedNetwork.Require(generation > before, "an older generation restored");
            if (network.MemoryRunsOut())
            {
                Invalidate($"restore of {version}");
                network.Send(failed);
                return;
            }
            (State, Best) = state;
            SimulatedNetwork.Require(State == network.Reference.State(version, index), "the restored state is not that of the version");
            SimulatedNetwork.Require(Best == network.Reference.BestState(version, index), "the restored best state is not that of the version");
            _changes++;
            _arrived.Clear();
            JudgeAgain();
            network.CheckVersions();
        }
        network.Send(() => replied(decision));
    }

    /// <summary>This activation ends: what waits for another version fails.</summary>
    public void End()
    {
        Alive = false;
        _early.Clear();
    }

    /// <summary>The ledger has advanced and the state cannot follow: as a new activation, only a later generation is sure to restore it.</summary>
    private void Invalidate(string what)
    {
        network.Trace?.Add($"expert {index} has no memory for the {what}");
        network.Seen.Invalidated++;
        Ledger.Invalidate();
        (State, Best, BornUnder) = (0xDEAD, 0xDEAD, network.Generation);
        _changes++;
        _arrived.Clear();
        JudgeAgain();
    }

    /// <summary>What waited for another version goes on, each in a turn of its own.</summary>
    private void JudgeAgain()
    {
        foreach (var early in _early)
            network.Later(() => { if (Alive) early(); });
        _early.Clear();
    }

    private void Finish(DispatchTicket ticket, ulong state, int changes)
    {
        if (!Alive)
            return;
        var routes = _waiting[ticket.Number];
        _waiting.Remove(ticket.Number);
        if (network.ComputationFails())
        {
            network.Trace?.Add($"expert {index} computation {ticket} fails");
            if (!Ledger.Abandon(ticket))
                network.Seen.LateFailures++;
            Fail(routes);
            return;
        }

        var samples = network.Reference.Samples(ticket.Step, index) & ReferenceRun.SamplesOf(ticket.Range.Start, ticket.Range.Count);
        // Weights that change under a computation leave something that is of no version.
        if (changes != _changes)
            state = CounterRandom.Mix(state, State);
        var answer = ReferenceRun.Answers(samples, state);
        if (network.SampleGetsLost())
            samples &= samples - 1;
        var kept = Ledger.Complete(ticket, new Partial(samples, state), BitOperations.PopCount(samples), answer);
        network.Trace?.Add($"expert {index} computed {ticket}, {BitOperations.PopCount(samples)} samples: {(kept ? "kept" : "late")}");
        if (!kept)
        {
            network.Seen.LateResults++;
            Fail(routes);
            return;
        }
        foreach (var route in routes)
            network.Send(() => route.Answered(index, answer));
    }

    private void Fail(List<SimulatedRoute> routes)
    {
        foreach (var route in routes)
            network.Send(route.Failed);
    }

    internal readonly record struct Partial(uint Samples, ulong State);
}
