using MoeOrleans.Runs.Status;

namespace MoeOrleans.Page.Feed;

// What browsers receive, as JSON with camelCase names. Times are in milliseconds, shares from 0 to 1, accuracies in per cent.

/// <summary>The silos and runs of the cluster.</summary>
internal sealed record ClusterMessage(string Server, string Version, bool IsCommand, IReadOnlyList<SiloMessage> Silos, IReadOnlyList<RunEntryMessage> Runs);

/// <summary>A silo.</summary>
internal sealed record SiloMessage(string Name, string Endpoint, int ProcessId, int Threads, double? Utilisation, long MemoryBytes, bool IsDraining);

/// <summary>A run in the list of runs.</summary>
internal sealed record RunEntryMessage(string Id, string State, int Ahead, int Steps, int StepsDone, DateTimeOffset Submitted, string? Error, bool HasReport);

/// <summary>The run that is shown. Only the id is null if the cluster has had none.</summary>
internal sealed record RunMessage(
    string? Id,
    string Phase = "",
    long Step = 0,
    int Steps = 0,
    long Generation = 0,
    int Restarts = 0,
    int Experts = 0,
    string Rows = "",
    int RowCount = 0,
    string Model = "",
    string Data = "",
    string SpecHash = "",
    int Shards = 0,
    int Silos = 0,
    int Threads = 0,
    string Dispatch = "",
    double? SecondsLeft = null,
    string? Error = null,
    StepStatus? LongStep = null,
    SummaryMessage? Summary = null);

/// <summary>How a run ended.</summary>
internal sealed record SummaryMessage(
    double TestAccuracy, double? TestAccuracyWithoutNoise, double TrainAccuracy, double Loss, double? Entropy, long Steps, string StopReason, double Seconds, string WeightsSha256);

/// <summary>Points of the curves: step, loss, accuracy, entropy, milliseconds. The receiver keeps its first <paramref name="From"/> points.</summary>
internal sealed record CurveMessage(int From, int Stride, IReadOnlyList<double?[]> Points);

/// <summary>What the last steps did; arrays have a value for each expert.</summary>
internal sealed record LiveMessage(
    long Step,
    int[][] Counts,
    double[] Load,
    long[] Samples,
    double?[] Utilisation,
    double?[] CommitWait,
    double?[] Queue,
    double?[] Compute,
    double?[] Commit,
    PhasesMessage? Phases,
    double? StepsPerSecond,
    double MaxViolation,
    int Idle);

/// <summary>The phases of a step.</summary>
internal sealed record PhasesMessage(double Between, double Route, double Dispatch, double Fold, double Commit);

/// <summary>The silos of the coordinator, of each expert and of each router.</summary>
internal sealed record TopologyMessage(string Coordinator, IReadOnlyList<string> Experts, IReadOnlyList<string> Routers);

/// <summary>The calls of some of the last steps, the newest last.</summary>
internal sealed record TracesMessage(IReadOnlyList<TraceMessage> Steps);

/// <summary>The calls of a step.</summary>
internal sealed record TraceMessage(long Step, DateTimeOffset At, double Duration, string Why, string? Error, IReadOnlyList<SpanMessage> Spans);

/// <summary>A call.</summary>
internal sealed record SpanMessage(string Kind, int? Shard, int? Expert, string Silo, double Start, double Duration, int? Samples, int Attempts, string? Error);

/// <summary>What has happened, the newest last.</summary>
internal sealed record NoticesMessage(IReadOnlyList<Notice> Notices);

/// <summary>Something that has happened.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="Kind">run, restart, move or silo.</param>
/// <param name="Text">What has happened.</param>
internal sealed record Notice(DateTimeOffset At, string Kind, string Text);
