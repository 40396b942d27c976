using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>A run that was submitted, as the queue keeps it.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Steps">Steps of its specification.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="State">Whether it waits, is active, or how it ended.</param>
/// <param name="StepsDone">Steps done when its coordinator was last asked.</param>
/// <param name="Error">Why it failed; null unless it did.</param>
/// <param name="MayRun">Whether a start of its coordinator was not answered: the run may go on, whatever its state says.</param>
/// <param name="IsLost">Whether the run, or its result, was lost with a silo.</param>
[GenerateSerializer, Immutable, Alias("moe.KnownRun.v1")]
internal sealed record SubmittedRun(
    [property: Id(0)] RunRequest Request,
    [property: Id(1)] int Steps,
    [property: Id(2)] DateTimeOffset Submitted,
    [property: Id(3)] QueueEntryState State = QueueEntryState.Queued,
    [property: Id(4)] int StepsDone = 0,
    [property: Id(5)] string? Error = null,
    [property: Id(6)] bool MayRun = false,
    [property: Id(7)] bool IsLost = false)
{
    /// <summary>Its id.</summary>
    public string RunId => Request.Run.RunId;

    /// <summary>Its name; null for none.</summary>
    public string? Name => Request.Name;

    /// <summary>Whether its state is final.</summary>
    public bool HasEnded => State is not (QueueEntryState.Queued or QueueEntryState.Active);

    /// <summary>Updated by its coordinator's report.</summary>
    /// <param name="status">The report.</param>
    public SubmittedRun With(RunStatus status) => status.Phase switch
    {
        RunPhase.Done => this with { State = QueueEntryState.Done, StepsDone = status.StepsDone },
        RunPhase.Failed => this with { State = QueueEntryState.Failed, StepsDone = status.StepsDone, Error = status.Error },
        RunPhase.Stopped => this with { State = QueueEntryState.Withdrawn, StepsDone = 0, Error = status.Error },
        // The coordinator that was started was lost: another activation answered.
        RunPhase.Unknown => Lost("the run was lost with the silo of its coordinator"),
        _ => this with { StepsDone = status.StepsDone },
    };

    /// <summary>Without a result, because that was lost with a silo.</summary>
    /// <param name="error">What was lost.</param>
    public SubmittedRun Lost(string error) => this with { State = QueueEntryState.Failed, Error = error, IsLost = true };

    /// <summary>The run, as a client sees it.</summary>
    /// <param name="ahead">Runs before it that have not ended.</param>
    public QueueEntry Entry(int ahead) => new(RunId, State, State == QueueEntryState.Queued ? ahead : 0, Steps, StepsDone, Submitted, Request.Deployment, Error)
    {
        Name = Name,
        SpecHash = Request.SpecHash,
        IsLost = IsLost,
    };
}
