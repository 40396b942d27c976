using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.TakeOver;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>One activation of the coordinator. Calls that time out are reported as failed; their replies may come all the same.</summary>
internal sealed class SimulatedCoordinator(SimulatedNetwork network, int id, long known, int attemptLimit)
{
    private readonly List<StepCommand> _calls = [];
    private readonly List<TakeOverCommand> _restores = [];
    private bool _claiming;
    private TakeOverProtocol _takeOver = new(known, network.Reference.Experts, attemptLimit);
    private StepProtocol? _step;
    // The step after, where it is routed while _step is committed.
    private StepProtocol? _next;
    private StepCommand? _nextFold;
    private SimulatedMove? _move;
    private ImmutableArray<BlockRange> _shards;
    private (long Step, ulong Value) _theta;
    private ulong _thetaBefore;
    private ulong _answers;

    public int Id { get; } = id;

    public bool Alive { get; set; } = true;

    public bool Waits => _claiming || _calls.Count > 0 || _restores.Count > 0 || _move is not null;

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
        else if (_move is { } move)
        {
            move.Attempt();
        }
        else if (_calls.Count > 0)
        {
            var command = _calls[network.Random.Below(_calls.Count)];
            _calls.Remove(command);
            network.Trace?.Add($"coordinator {Id} gives {command.Kind} up, shard {command.Shard}, expert {command.Expert}, attempt {command.Attempt}");
            var isAtWork = network.Random.Percent(30);
            Execute(Report(command, step => command.Kind == StepCommandKind.Route ? step.RouteFailed(command, isAtWork) : step.CommitFailed(command, isAtWork)));
        }
    }

    public void RouteReplied(StepCommand command, int[] samples, ulong answers)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        var turn = Report(command, step => step.RouteReplied(command, samples));
        // Those of a step that is being folded or committed are not accepted: these are of the one being routed.
        if (turn.Accepted && command.Only is null)
            _answers += answers;
        Execute(turn);
    }

    public void RouteFailed(StepCommand command)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(Report(command, step => step.RouteFailed(command)));
    }

    public void DispatchRefused(StepCommand command, int expert, DispatchKind kind)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(Report(command, step => step.DispatchRefused(command, expert, kind)));
    }

    public void CommitReplied(StepCommand command, CommitKind kind, ImmutableArray<BlockRange> missing)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(Report(command, step => step.CommitReplied(command, kind, missing.AsSpan())));
    }

    public void CommitFailed(StepCommand command)
    {
        if (!Alive)
            return;
        _calls.Remove(command);
        Execute(Report(command, step => step.CommitFailed(command)));
    }

    public void RestoreFailed(TakeOverCommand command)
    {
        if (!Alive)
            return;
        _restores.Remove(command);
        Execute(_takeOver.RestoreFailed(command));
    }

    /// <summary>A move between two steps has ended: the step begins, or the run recovers.</summary>
    public void MoveEnded(SimulatedMove move, bool moved)
    {
        if (!Alive || move != _move)
            return;
        _move = null;
        if (moved) Execute(_step!.Start());
        else Recover(_step!.Generation);
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
                // A step that is committed may have work missing, which is routed again as it was.
                var theta = command.Step == _theta.Step ? _theta.Value : _thetaBefore;
                network.Send(() => new SimulatedRoute(network, this, command).Begin(theta));
                break;
            case StepCommandKind.Fold:
                if (command.Step == _next?.Step)
                    _nextFold = command;
                else
                    Fold(command);
                break;
            case StepCommandKind.Commit:
                _calls.Add(command);
                network.Send(() => network.Expert(command.Expert).Commit(this, command));
                break;
            case StepCommandKind.StepCommitted:
                network.Trace?.Add($"coordinator {Id} generation {command.Generation} has committed {command.Step}");
                network.CheckCommitted(command);
                _calls.RemoveAll(call => call.Step == command.Step);
                network.Checkpoint(command.Generation, command.Step + 1, _theta.Value);
                if (_next is null)
                {
                    Begin(command.Generation, command.Step + 1);
                    break;
                }

                (_step, _next) = (_next, null);
                if (_nextFold is { } fold)
                    Fold(fold);
                break;
            case StepCommandKind.Recover:
                network.Seen.Recoveries[(int)command.Reason]++;
                network.Trace?.Add($"coordinator {Id} generation {command.Generation} recovers: {command.Reason}, expert {command.Cause}");
                SimulatedNetwork.Require(command.Reason != RecoverReason.Contradiction, "a contradiction");
                Recover(command.Generation);
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
                _theta = (manifest.Version, manifest.Theta);
                Execute(_takeOver.ManifestRead(manifest.Version));
                break;
            case TakeOverCommandKind.Restore:
                _restores.Add(command);
                var state = network.Manifest(command.Version).Experts[command.Expert];
                network.Send(() => network.Expert(command.Expert).Restore(
                    command.Generation, command.Version, state, decision => RestoreReplied(command, decision), () => RestoreFailed(command)));
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
        _step = New(generation, step);
        if (network.SiloJoins())
        {
            _move = new SimulatedMove(network, this, generation, step, network.Random.Below(network.Reference.Experts));
            _move.Attempt();
            return;
        }
        Execute(_step.Start());
    }

    private void Recover(long generation)
    {
        _calls.Clear();
        // Both steps, whichever of them failed.
        (_step, _next, _nextFold, _move) = (null, null, null, null);
        _takeOver = new TakeOverProtocol(generation, network.Reference.Experts, attemptLimit);
        Start();
    }

    /// <summary>Commits, and often routes the next step meanwhile.</summary>
    private void Fold(in StepCommand fold)
    {
        _nextFold = null;
        _thetaBefore = _theta.Value;
        _theta = (fold.Step + 1, ReferenceRun.NextTheta(_thetaBefore, _answers));
        SimulatedNetwork.Require(_theta.Value == network.Reference.Theta(fold.Step + 1), "the fold is not that of the run without faults");
        _calls.Clear();
        _answers = 0;
        Execute(_step!.Commit());
        if (fold.Step + 1 == network.Reference.Steps || !network.Random.Percent(70))
            return;
        network.Seen.StepsAhead++;
        _next = New(fold.Generation, fold.Step + 1);
        Execute(_next.Start());
    }

    private StepProtocol New(long generation, long step) => new(step, generation, network.Reference.Experts, _shards, attemptLimit);

    private StepTurn Report(in StepCommand command, Func<StepProtocol, StepTurn> report)
    {
        // What is late belongs to neither step; a step ignores it.
        var step = _next is { } next && next.Step == command.Step ? next : _step;
        return step is null ? new(false, []) : report(step);
    }
}
