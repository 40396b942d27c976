using System.Collections.Immutable;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.TakeOver;

/// <summary>
/// How a coordinator takes a run: it creates the next generation's record, and only then reads the manifest and restores
/// every expert to it. The first start of a run is a takeover too, to version 0. A state machine without calls: its driver reports
/// what happened, and carries out the commands that follow. One caller at a time.
/// <para>
/// The next generation follows the one that the coordinator knows: its own if it recovers, the last record's if it is a new activation. So
/// a coordinator that was deposed without noticing finds that the record exists, and stops. If it asked for the last record instead, it
/// would take the run back.
/// </para>
/// <para>
/// The record and the manifest belong to durable runs, which do not exist yet. Until they do, <see cref="TakeOverDriver"/> answers both
/// requests itself: the record is always created, and the manifest is the start of the run.
/// </para>
/// </summary>
internal sealed class TakeOverProtocol
{
    private static readonly TakeOverTurn s_ignored = new(false, []);
    private static readonly TakeOverTurn s_accepted = new(true, []);

    private readonly bool[] _restored;
    private readonly int[] _attempts;
    private readonly int _attemptLimit;
    private bool _started;
    private int _outstanding;

    /// <summary>A takeover that has not begun.</summary>
    /// <param name="knownGeneration">The last record's generation for a new activation (0 if there is none), its own for a coordinator that recovers.</param>
    /// <param name="experts">How many experts there are.</param>
    /// <param name="attemptLimit">Attempts at one expert, the first included, after which the takeover is given up.</param>
    public TakeOverProtocol(long knownGeneration, int experts, int attemptLimit = StepProtocol.DefaultAttemptLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(knownGeneration);
        ArgumentOutOfRangeException.ThrowIfLessThan(experts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(attemptLimit, 1);
        Generation = knownGeneration + 1;
        _restored = new bool[experts];
        _attempts = new int[experts];
        _attemptLimit = attemptLimit;
    }

    /// <summary>The generation that takes over.</summary>
    public long Generation { get; }

    /// <summary>The manifest's version, once it was read.</summary>
    public long Version { get; private set; }

    /// <summary>The phase of the takeover.</summary>
    public TakeOverPhase Phase { get; private set; }

    /// <summary>Begins: creates the generation's record.</summary>
    public TakeOverTurn Start()
    {
        if (_started)
            throw new InvalidOperationException("The takeover has begun.");
        _started = true;
        return Turn(Command(TakeOverCommandKind.Claim));
    }

    /// <summary>The creation of the record has ended.</summary>
    /// <param name="created">
    /// False if the record existed, or if the outcome is unknown. In that case the record may be this coordinator's, and the next
    /// activation takes the generation after it.
    /// </param>
    public TakeOverTurn Claimed(bool created)
    {
        if (!_started || Phase != TakeOverPhase.Claiming)
            return s_ignored;
        return created
            ? Turn(Command(TakeOverCommandKind.ReadManifest), TakeOverPhase.Reading)
            : Turn(Command(TakeOverCommandKind.Deposed), TakeOverPhase.Failed);
    }

    /// <summary>The manifest was read.</summary>
    /// <param name="version">Its version; 0 if the run has none: experts begin from their initial weights.</param>
    public TakeOverTurn ManifestRead(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        if (Phase != TakeOverPhase.Reading)
            return s_ignored;
        Phase = TakeOverPhase.Restoring;
        Version = version;
        _outstanding = _restored.Length;
        var commands = ImmutableArray.CreateBuilder<TakeOverCommand>(_restored.Length);
        for (var expert = 0; expert < _restored.Length; expert++)
            commands.Add(Restore(expert));
        return new(true, commands.MoveToImmutable());
    }

    /// <summary>An expert has answered a restore.</summary>
    /// <param name="command">The restore.</param>
    /// <param name="decision">The expert's decision.</param>
    public TakeOverTurn RestoreReplied(in TakeOverCommand command, RestoreDecision decision)
    {
        if (!IsAwaited(command))
            return s_ignored;
        if (decision == RestoreDecision.Refused)
            return Turn(Command(TakeOverCommandKind.Deposed), TakeOverPhase.Failed);
        _restored[command.Expert] = true;
        return --_outstanding > 0 ? s_accepted : Turn(Command(TakeOverCommandKind.Begin), TakeOverPhase.Done);
    }

    /// <summary>An expert could not be reached, threw, or did not answer in time.</summary>
    /// <param name="command">The restore.</param>
    public TakeOverTurn RestoreFailed(in TakeOverCommand command)
    {
        if (!IsAwaited(command) || command.Attempt != _attempts[command.Expert])
            return s_ignored;
        return command.Attempt >= _attemptLimit
            ? Turn(Command(TakeOverCommandKind.GiveUp), TakeOverPhase.Failed)
            : Turn(Restore(command.Expert));
    }

    private bool IsAwaited(in TakeOverCommand command)
    {
        if (command.Kind != TakeOverCommandKind.Restore)
            throw new ArgumentException($"{command.Kind} is not {TakeOverCommandKind.Restore}.", nameof(command));
        return Phase == TakeOverPhase.Restoring && command.Generation == Generation && !_restored[command.Expert];
    }

    private TakeOverCommand Restore(int expert) =>
        Command(TakeOverCommandKind.Restore) with { Expert = expert, Attempt = ++_attempts[expert] };

    private TakeOverCommand Command(TakeOverCommandKind kind) => new() { Kind = kind, Generation = Generation, Version = Version };

    private static TakeOverTurn Turn(TakeOverCommand command) => new(true, [command]);

    private TakeOverTurn Turn(TakeOverCommand command, TakeOverPhase phase)
    {
        Phase = phase;
        return Turn(command);
    }
}
