using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Coordinator.Protocol;
using MoeOrleans.Grains.Protocol;

namespace MoeOrleans.Coordinator.Tests.Protocol;

/// <summary>One activation of the coordinator. Calls that time out are reported as failed; their replies may come all the same.</summary>
internal sealed class SimulatedCoordinator(SimulatedNetwork network, int id, long known, int attemptLimit)
{
    private readonly List<StepCommand> _calls = [];
    private readonly List<TakeOverCommand> _restores = [];
    private bool _claiming;
    private TakeOverProtocol _takeOver = new(known, network.Reference.Experts, attemptLimit);
    private StepProtocol? _step;
    private ImmutableArray<BlockRange> _shards;
    private ulong _theta;
    private ulong _answers;

    public int Id { get; } = id;

    public bool Alive { get; set; } = true;

    public bool Waits => _claiming || _calls.Count > 0 || _restores.Count > 0;

    public void Start() => Execute(_takeOver.Start());

    public void TimeOut()
    {
        if (_claiming)
        {
            _claiming = false;
            Claimed(_takeOver, false);
        }
        else if (_restores.Count > 0)
        {
            var command = _restores[network.Random.Below(_restores.Count)];
            _restores.Remove(command);
            network.Trace?.Add($"coordinator {Id} gives expert {command.Expert}'s restore up, attempt {command.Attempt}");
            Execute(_takeOver.RestoreFailed(command));
        }
        else if (_calls.Count > 0)
        {
            var command = _calls[network.Random.Below(_calls.Count)];
            _calls.Remove(command);
            network.Trace?.Add($"coordinator {Id} gives {command.Kind} up, shard {command.Shard}, expert {command.Expert}, attempt {command.Attempt}");
            Execute(command.Kind == StepCommandKind.Route ? _step!.RouteFailed(command) : _step!.CommitFailed(command));
        }
    }

    public void RouteReplied(StepCommand command, int[] samples, ulong answers)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        var turn = _step!.RouteReplied(command, samples);
        if (turn.Accepted && command.Only is null)
            _answers += answers;
        Execute(turn);
    }

    public void RouteFailed(StepCommand command)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(_step!.RouteFailed(command));
    }

    public void DispatchRefused(StepCommand command, int expert, DispatchKind kind)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(_step!.DispatchRefused(command, expert, kind));
    }

    public void CommitReplied(StepCommand command, CommitKind kind, ImmutableArray<BlockRange> missing)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(_step!.CommitReplied(command, kind, missing.AsSpan()));
    }

    public void RestoreReplied(TakeOverCommand command, RestoreDecision decision)
    {
        if (!Alive)
            return;
        _restores.Remove(command);
        Execute(_takeOver.RestoreReplied(command, decision));
    }

    private void Claimed(TakeOverProtocol takeOver, bool created)
    {
        // The reply to a claim is a local continuation: it cannot reach another takeover of the same activation.
        if (!Alive || takeOver != _takeOver)
            return;
        _claiming = false;
        Execute(takeOver.Claimed(created));
    }

    private void Execute(StepTurn turn)
    {
        if (!turn.Accepted)
            network.Seen.IgnoredReports++;
        foreach (var command in turn.Commands)
            Execute(command);
    }

    private void Execute(TakeOverTurn turn)
    {
        if (!turn.Accepted)
            network.Seen.IgnoredReports++;
        foreach (var command in turn.Commands)
            Execute(command);
    }

    private void Execute(StepCommand command)
    {
        network.Seen.Steps[(int)command.Kind]++;
        switch (command.Kind)
        {
            case StepCommandKind.Route:
                if (command.Only is not null)
                    network.Seen.OnlyRoutes++;
                _calls.Add(command);
                var theta = _theta;
                network.Send(() => new SimulatedRoute(network, this, command).Begin(theta));
                break;
            case StepCommandKind.Fold:
                SimulatedNetwork.Require(ReferenceRun.NextTheta(_theta, _answers) == network.Reference.Theta(command.Step + 1),
                    "the fold is not that of the run without faults");
                _calls.Clear();
                Execute(_step!.Commit());
                break;
            case StepCommandKind.Commit:
                _calls.Add(command);
                network.Send(() => network.Expert(command.Expert).Commit(this, command));
                break;
            case StepCommandKind.StepCommitted:
                network.Trace?.Add($"coordinator {Id} generation {command.Generation} has committed {command.Step}");
                network.CheckCommitted(command);
                _calls.Clear();
                _theta = ReferenceRun.NextTheta(_theta, _answers);
                network.Checkpoint(command.Generation, command.Step + 1, _theta);
                Begin(command.Generation, command.Step + 1);
                break;
            case StepCommandKind.Recover:
                network.Seen.Recoveries[(int)command.Reason]++;
                network.Trace?.Add($"coordinator {Id} generation {command.Generation} recovers: {command.Reason}, expert {command.Cause}");
                SimulatedNetwork.Require(command.Reason != RecoverReason.Contradiction, "a contradiction");
                _calls.Clear();
                _takeOver = new TakeOverProtocol(command.Generation, network.Reference.Experts, attemptLimit);
                Start();
                break;
            case StepCommandKind.Deposed:
                network.Trace?.Add($"coordinator {Id} generation {command.Generation} is deposed by expert {command.Cause}");
                network.Leave(this);
                break;
        }
    }

    private void Execute(TakeOverCommand command)
    {
        network.Seen.TakeOvers[(int)command.Kind]++;
        switch (command.Kind)
        {
            case TakeOverCommandKind.Claim:
                _claiming = true;
                var takeOver = _takeOver;
                network.Send(() =>
                {
                    var created = network.Claim(command.Generation, Id);
                    network.Send(() => Claimed(takeOver, created));
                });
                break;
            case TakeOverCommandKind.ReadManifest:
                var manifest = network.ReadManifest();
                _theta = manifest.Theta;
                Execute(_takeOver.ManifestRead(manifest.Version));
                break;
            case TakeOverCommandKind.Restore:
                _restores.Add(command);
                var states = network.Manifest(command.Version).States;
                network.Send(() => network.Expert(command.Expert).Restore(this, command, states[command.Expert]));
                break;
            case TakeOverCommandKind.Begin:
                network.CheckRestored(command.Generation);
                _restores.Clear();
                _shards = network.CutShards();
                Begin(command.Generation, command.Version);
                break;
            default:
                network.Trace?.Add($"coordinator {Id} generation {command.Generation}: {command.Kind}");
                network.Leave(this);
                break;
        }
    }

    private void Begin(long generation, long step)
    {
        _answers = 0;
        if (step == network.Reference.Steps)
        {
            network.Leave(this);
            return;
        }
        _step = new StepProtocol(step, generation, network.Reference.Experts, _shards, attemptLimit);
        Execute(_step.Start());
    }
}
