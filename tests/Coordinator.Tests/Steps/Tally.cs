using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.TakeOver;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>What the interleavings came by: a situation that never arises was never tested.</summary>
internal sealed class Tally
{
    public int[] Dispatches { get; } = new int[Enum.GetValues<DispatchKind>().Length];

    public int[] Commits { get; } = new int[Enum.GetValues<CommitKind>().Length];

    public int[] Restores { get; } = new int[Enum.GetValues<RestoreDecision>().Length];

    public int[] Steps { get; } = new int[Enum.GetValues<StepCommandKind>().Length];

    public int[] Recoveries { get; } = new int[Enum.GetValues<RecoverReason>().Length];

    public int[] TakeOvers { get; } = new int[Enum.GetValues<TakeOverCommandKind>().Length];

    public int EarlySamples { get; set; }

    public int StepsAhead { get; set; }

    public int OnlyRoutes { get; set; }

    public int LateResults { get; set; }

    public int LateFailures { get; set; }

    public int ZombieCommitsRefused { get; set; }

    public int IgnoredReports { get; set; }

    public int EmptyCommits { get; set; }

    /// <summary>Commits and restores that the ledger accepted and the expert could not carry out.</summary>
    public int Invalidated { get; set; }

    public int Moves { get; set; }

    public int FailedMoves { get; set; }

    public long Events { get; set; }

    public override string ToString() => string.Join(Environment.NewLine,
        Line<DispatchKind>(Dispatches), Line<CommitKind>(Commits), Line<RestoreDecision>(Restores), Line<StepCommandKind>(Steps),
        Line<RecoverReason>(Recoveries), Line<TakeOverCommandKind>(TakeOvers),
        $"EarlySamples {EarlySamples}, StepsAhead {StepsAhead}, "
        + $"OnlyRoutes {OnlyRoutes}, LateResults {LateResults}, LateFailures {LateFailures}, ZombieCommitsRefused {ZombieCommitsRefused}, "
        + $"IgnoredReports {IgnoredReports}, EmptyCommits {EmptyCommits}, Invalidated {Invalidated}, Moves {Moves}, FailedMoves {FailedMoves}, Events {Events}");

    private static string Line<T>(int[] counts) where T : struct, Enum =>
        typeof(T).Name + ": " + string.Join(", ", Enum.GetValues<T>().Select((kind, i) => $"{kind} {counts[i]}"));
}
