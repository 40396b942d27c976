namespace MoeOrleans.Coordinator.Steps;

/// <summary>Counts the attempts of a step at each of its targets: routes of a shard, routes for one expert, commits of an expert.</summary>
/// <param name="shards">Number of shards.</param>
/// <param name="experts">Number of experts.</param>
/// <param name="limit">Attempts at one target that may fail.</param>
internal sealed class StepAttempts(int shards, int experts, int limit)
{
    private readonly int[] _routes = new int[shards];
    private readonly int[] _commits = new int[experts];
    // By shard, then expert.
    private readonly int[] _repeats = new int[shards * experts];
    private Dictionary<(StepCommandKind, int Shard, int Expert), int>? _excused;

    /// <summary>Numbers another attempt.</summary>
    /// <param name="target">A command for its target.</param>
    public StepCommand Next(in StepCommand target) => target with { Attempt = ++Count(target) };

    /// <summary>Whether no later attempt at its target has begun.</summary>
    /// <param name="command">The attempt.</param>
    public bool IsLatest(in StepCommand command) => command.Attempt == Count(command);

    /// <summary>Whether as many attempts have failed as may.</summary>
    /// <param name="target">A command for the target.</param>
    public bool AreExhausted(in StepCommand target) => Count(target) - (_excused?.GetValueOrDefault(Key(target)) ?? 0) >= limit;

    /// <summary>The latest attempt at a target does not count.</summary>
    /// <param name="target">A command for the target.</param>
    public void Excuse(in StepCommand target)
    {
        _excused ??= [];
        _excused[Key(target)] = _excused.GetValueOrDefault(Key(target)) + 1;
    }

    private ref int Count(in StepCommand target)
    {
        if (target.Kind == StepCommandKind.Commit) return ref _commits[target.Expert];
        if (target.Only is { } only) return ref _repeats[(target.Shard * experts) + only];
        return ref _routes[target.Shard];
    }

    private static (StepCommandKind, int Shard, int Expert) Key(in StepCommand target) =>
        target.Kind == StepCommandKind.Commit ? (target.Kind, 0, target.Expert) : (target.Kind, target.Shard, target.Only ?? -1);
}
