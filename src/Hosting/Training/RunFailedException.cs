using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Training;

/// <summary>A run that has no result: it failed, was lost, or was stopped while it had no step. The message is one line.</summary>
public sealed class RunFailedException : Exception
{
    internal RunFailedException(string message, QueueEntryState state)
        : base(message) => State = state;

    /// <summary><see cref="QueueEntryState.Failed"/>, also for a lost run, or <see cref="QueueEntryState.Withdrawn"/> if it was stopped.</summary>
    public QueueEntryState State { get; }
}
