using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Training;

/// <summary>A run that has no result: it failed, was lost, or was stopped while it had no step. The message is one line.</summary>
public sealed class RunFailedException : Exception
{
    internal RunFailedException(string message, QueueEntryState state)
        : base(message) => State = state;

    /// <summary>The version of the weights if the run was trained and could not be evaluated; otherwise null.</summary>
    internal long? FinalVersion { get; init; }

    /// <summary>Whether the run, or its result, was lost with a silo or deleted: if it has a name, submitting it again begins it again.</summary>
    internal bool IsLost { get; init; }

    /// <summary>What is left of the run then, once it was fetched.</summary>
    internal UnevaluatedRun? Trained { get; init; }

    /// <summary><see cref="QueueEntryState.Failed"/>, also for a lost run, or <see cref="QueueEntryState.Withdrawn"/> if it was stopped.</summary>
    public QueueEntryState State { get; }
}
