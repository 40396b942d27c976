using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Steps;

/// <summary>
/// One step of one generation, as its coordinator sees it: route every shard, fold, commit every expert. A state machine without
/// calls: its driver reports what happened, and carries out the commands that follow. One caller at a time.
/// <para>
/// A reply of any attempt counts, even of one that was reported as failed. A failure counts only if it is of the latest attempt. A
/// step that failed accepts no more reports.
/// </para>
/// <para>
/// Attempts are limited, because a call may fail for ever. An attempt that its driver gave up while the silos were alive and at work does
/// not count: the repeated call joins the work in progress, however long it takes.
/// </para>
/// </summary>
internal sealed class StepProtocol
{
    /// <summary>Attempts at one target, the first included.</summary>
    public const int DefaultAttemptLimit = 5;

    private static readonly StepTurn s_ignored = new(false, []);
    private static readonly StepTurn s_accepted = new(true, []);

    private readonly StepAttempts _attempts;
    private readonly bool[] _routed;
    private readonly bool[] _committed;
    private readonly ShardSamples _samples;
    // By shard, then expert.
    private readonly bool[] _repeating;
    private int _outstanding;

    /// <summary>A step that has not begun.</summary>
    /// <param name="step">The step.</param>
    /// <param name="generation">The coordinator's generation, at least 1.</param>
    /// <param name="experts">How many experts there are.</param>
    /// <param name="shards">The shards: all blocks of the minibatch in ascending order, without gaps.</param>
    /// <param name="attemptLimit">Attempts at one target, the first included, after which the step is given up.</param>
    public StepProtocol(long step, long generation, int experts, ImmutableArray<BlockRange> shards, int attemptLimit = DefaultAttemptLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(generation, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(experts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(attemptLimit, 1);
        Step = step;
        Generation = generation;
        Experts = experts;
        _samples = new ShardSamples(shards, experts);
        _attempts = new StepAttempts(shards.Length, experts, attemptLimit);
        _routed = new bool[shards.Length];
        _committed = new bool[experts];
        _repeating = new bool[shards.Length * experts];
    }

    /// <summary>The step.</summary>
    public long Step { get; }

    /// <summary>The coordinator's generation.</summary>
    public long Generation { get; }

    /// <summary>How many experts there are.</summary>
    public int Experts { get; }

    /// <summary>The shards.</summary>
    public ImmutableArray<BlockRange> Shards => _samples.Shards;

    /// <summary>The phase of the step.</summary>
    public StepPhase Phase { get; private set; }

    /// <summary>How many samples of a shard an expert got, once the shard has replied.</summary>
    public int Samples(int shard, int expert) => _samples[shard, expert];

    /// <summary>Begins the step: routes every shard.</summary>
    public StepTurn Start()
    {
        if (Phase != StepPhase.Routing || _outstanding != 0)
            throw new InvalidOperationException("The step has begun.");
        _outstanding = Shards.Length;
        var commands = ImmutableArray.CreateBuilder<StepCommand>(Shards.Length);
        for (var shard = 0; shard < Shards.Length; shard++)
            commands.Add(Route(shard));
        return new(true, commands.MoveToImmutable());
    }

    /// <summary>A router has replied: all experts that it dispatched to have answered.</summary>
    /// <param name="command">The route.</param>
    /// <param name="samplesPerExpert">Samples of the shard that each expert got, also in a route for one expert only.</param>
    public StepTurn RouteReplied(in StepCommand command, ReadOnlySpan<int> samplesPerExpert)
    {
        Require(command, StepCommandKind.Route);
        if (samplesPerExpert.Length != Experts)
            throw new ArgumentException($"{samplesPerExpert.Length} counts for {Experts} experts.", nameof(samplesPerExpert));
        foreach (var samples in samplesPerExpert)
            ArgumentOutOfRangeException.ThrowIfNegative(samples, nameof(samplesPerExpert));
        if (!IsAwaited(command)) return s_ignored;

        if (command.Only is { } expert)
        {
            return samplesPerExpert[expert] == Samples(command.Shard, expert)
                ? RepeatEnded(command.Shard, expert)
                : Recover(RecoverReason.Contradiction, expert);
        }

        _samples.Set(command.Shard, samplesPerExpert);
        _routed[command.Shard] = true;
        if (--_outstanding > 0) return s_accepted;
        Phase = StepPhase.Folding;
        return Turn(Command(StepCommandKind.Fold));
    }

    /// <summary>A router could not be reached, threw, or did not reply in time.</summary>
    /// <param name="command">The route.</param>
    /// <param name="isAtWork">Whether the run's silos are alive and at work: then the attempt does not count.</param>
    public StepTurn RouteFailed(in StepCommand command, bool isAtWork = false)
    {
        Require(command, StepCommandKind.Route);
        if (!IsAwaited(command) || !_attempts.IsLatest(command)) return s_ignored;
        if (isAtWork) _attempts.Excuse(command);
        return _attempts.AreExhausted(command) ? Recover(RecoverReason.AttemptsExhausted, command.Only) : Turn(_attempts.Next(command));
    }

    /// <summary>A router reports that an expert refused its dispatch because of its version.</summary>
    /// <param name="command">The route.</param>
    /// <param name="expert">The expert that refused.</param>
    /// <param name="kind"><see cref="DispatchKind.Ahead"/> or <see cref="DispatchKind.Behind"/>.</param>
    public StepTurn DispatchRefused(in StepCommand command, int expert, DispatchKind kind)
    {
        Require(command, StepCommandKind.Route);
        RequireExpert(expert);
        if (kind is not (DispatchKind.Ahead or DispatchKind.Behind))
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "No refusal.");
        if (!IsAwaited(command)) return s_ignored;
        if (kind == DispatchKind.Ahead) return Recover(RecoverReason.LostCommits, expert);
        // The commit may have been delivered twice, the second time after the missing work. The next commit's reply decides.
        return command.Only is null ? Deposed(expert) : RepeatEnded(command.Shard, expert);
    }

    /// <summary>The fold is done and the run continues: commits every expert, those without samples too.</summary>
    public StepTurn Commit()
    {
        if (Phase != StepPhase.Folding)
            throw new InvalidOperationException($"No commit while {Phase}.");
        Phase = StepPhase.Committing;
        _outstanding = Experts;
        var commands = ImmutableArray.CreateBuilder<StepCommand>(Experts);
        for (var expert = 0; expert < Experts; expert++)
            commands.Add(CommitOf(expert));
        return new(true, commands.MoveToImmutable());
    }

    /// <summary>An expert has answered a commit.</summary>
    /// <param name="command">The commit.</param>
    /// <param name="kind">The expert's decision.</param>
    /// <param name="missing">With <see cref="CommitKind.Incomplete"/> the missing ranges.</param>
    public StepTurn CommitReplied(in StepCommand command, CommitKind kind, ReadOnlySpan<BlockRange> missing)
    {
        Require(command, StepCommandKind.Commit);
        if (!IsAwaited(command)) return s_ignored;
        var expert = command.Expert;
        switch (kind)
        {
            case CommitKind.Apply or CommitKind.AlreadyApplied:
                _committed[expert] = true;
                if (--_outstanding > 0) return s_accepted;
                Phase = StepPhase.Committed;
                return Turn(Command(StepCommandKind.StepCommitted));
            case CommitKind.Incomplete:
                return IsLatestCommit(command) ? RouteAgain(expert, missing) : s_ignored;
            case CommitKind.Ahead:
                return Recover(RecoverReason.LostCommits, expert);
            case CommitKind.NotRestored:
                return Recover(RecoverReason.NotRestored, expert);
            case CommitKind.Behind or CommitKind.StaleGeneration:
                return Deposed(expert);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No decision on a commit.");
        }
    }

    /// <summary>An expert could not be reached, threw, or did not answer in time. It may have committed: the reply to the next attempt decides.</summary>
    /// <param name="command">The commit.</param>
    /// <param name="isAtWork">Whether the run's silos are alive and at work: then the attempt does not count.</param>
    public StepTurn CommitFailed(in StepCommand command, bool isAtWork = false)
    {
        Require(command, StepCommandKind.Commit);
        if (!IsAwaited(command) || !IsLatestCommit(command)) return s_ignored;
        if (isAtWork) _attempts.Excuse(command);
        return CommitAgain(command.Expert);
    }

    private bool IsAwaited(in StepCommand command)
    {
        if (command.Step != Step || command.Generation != Generation) return false;
        if (command.Kind == StepCommandKind.Commit) return Phase == StepPhase.Committing && !_committed[command.Expert];
        return command.Only is { } expert
            ? Phase == StepPhase.Committing && _repeating[At(command.Shard, expert)]
            : Phase == StepPhase.Routing && _outstanding > 0 && !_routed[command.Shard];
    }

    private bool IsLatestCommit(in StepCommand command) =>
        _attempts.IsLatest(command) && !IsRepeating(command.Expert);

    private bool IsRepeating(int expert)
    {
        for (var shard = 0; shard < Shards.Length; shard++)
        {
            if (_repeating[At(shard, expert)]) return true;
        }
        return false;
    }

    private StepTurn RouteAgain(int expert, ReadOnlySpan<BlockRange> missing)
    {
        var commands = ImmutableArray.CreateBuilder<StepCommand>();
        for (var shard = 0; shard < Shards.Length; shard++)
        {
            if (!_samples.SentAnyOf(shard, expert, missing))
                continue;
            var repeat = Command(StepCommandKind.Route) with { Shard = shard, Range = Shards[shard], Only = expert };
            if (_attempts.AreExhausted(repeat)) return Recover(RecoverReason.AttemptsExhausted, expert);
            _repeating[At(shard, expert)] = true;
            commands.Add(_attempts.Next(repeat));
        }
        return commands.Count == 0 ? Recover(RecoverReason.Contradiction, expert) : new(true, commands.DrainToImmutable());
    }

    private StepTurn RepeatEnded(int shard, int expert)
    {
        _repeating[At(shard, expert)] = false;
        // One commit for all missing ranges: before the last of them it would be incomplete again.
        if (IsRepeating(expert)) return s_accepted;
        return CommitAgain(expert);
    }

    private StepTurn CommitAgain(int expert) => _attempts.AreExhausted(Command(StepCommandKind.Commit) with { Expert = expert })
        ? Recover(RecoverReason.AttemptsExhausted, expert)
        : Turn(CommitOf(expert));

    private StepCommand Route(int shard) => _attempts.Next(Command(StepCommandKind.Route) with { Shard = shard, Range = Shards[shard] });

    private StepCommand CommitOf(int expert) =>
        _attempts.Next(Command(StepCommandKind.Commit) with { Expert = expert, Coverage = _samples.Coverage(expert) });

    private StepTurn Recover(RecoverReason reason, int? cause)
    {
        Phase = StepPhase.Failed;
        return Turn(Command(StepCommandKind.Recover) with { Reason = reason, Cause = cause });
    }

    private StepTurn Deposed(int cause)
    {
        Phase = StepPhase.Failed;
        return Turn(Command(StepCommandKind.Deposed) with { Cause = cause });
    }

    private StepCommand Command(StepCommandKind kind) => new() { Kind = kind, Step = Step, Generation = Generation };

    private static StepTurn Turn(StepCommand command) => new(true, [command]);

    private int At(int shard, int expert) => shard * Experts + expert;

    private void Require(in StepCommand command, StepCommandKind kind)
    {
        if (command.Kind != kind)
            throw new ArgumentException($"{command.Kind} is not {kind}.", nameof(command));
        if (command.Step != Step || command.Generation != Generation)
            return;
        RequireExpert(command.Only ?? command.Expert);
        ArgumentOutOfRangeException.ThrowIfNegative(command.Shard, nameof(command));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(command.Shard, Shards.Length, nameof(command));
    }

    private void RequireExpert(int expert)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expert);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(expert, Experts);
    }
}
