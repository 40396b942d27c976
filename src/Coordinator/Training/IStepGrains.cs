using System.Collections.Immutable;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>What the step loop needs of the run's experts, routers and silos.</summary>
internal interface IStepGrains
{
    /// <summary>Whether silos have joined or are about to leave: experts have to stand still before the next step.</summary>
    bool AreChanging { get; }

    /// <summary>Moves experts and routers if another assignment is due. No step is in progress.</summary>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="version">The version that every expert is at.</param>
    /// <param name="best">Version of the weights that experts keep as the best ones; null if they keep none.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    Task MoveIfDue(long generation, long version, long? best, CancellationToken aborted);

    /// <summary>A step was done since the last move: no call goes where experts were before.</summary>
    void CompleteMoves();

    /// <summary>Begins to route a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">Samples of its minibatch.</param>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="with">What its routers need.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    IStepInProgress Begin(long step, int samples, long generation, RoutedWith with, CancellationToken aborted);

    /// <summary>Reads the weights of all experts, which are all at one version.</summary>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="version">The version.</param>
    Task<ImmutableArray<WireTensor<float>>> Read(long generation, long version);
}

/// <summary>How far a step is: calls that were answered.</summary>
/// <param name="Step">The step.</param>
/// <param name="RoutedShards">Shards that are routed.</param>
/// <param name="Shards">Shards in all.</param>
/// <param name="CommittedExperts">Experts that have committed.</param>
/// <param name="Experts">Experts in all.</param>
internal readonly record struct StepCounts(long Step, int RoutedShards, int Shards, int CommittedExperts, int Experts);

/// <summary>A step that is being routed, or committed.</summary>
internal interface IStepInProgress
{
    /// <summary>The routers' replies in shard order, once <see cref="Routed"/> has ended.</summary>
    IReadOnlyList<RouteReply> Replies { get; }

    /// <summary>When its calls were made.</summary>
    StepTimeline Timeline { get; }

    /// <summary>How far the step is.</summary>
    StepCounts Counts { get; }

    /// <summary>Sum of squares of the experts' gradients of the mean loss, once the step is committed.</summary>
    double SquaredGradients { get; }

    /// <summary>Ends when every shard is routed.</summary>
    Task Routed();

    /// <summary>Commits every expert.</summary>
    /// <param name="snapshotBest">Whether experts keep the weights of this step as the best ones.</param>
    Task Commit(bool snapshotBest);

    /// <summary>The step before has failed: no call of this one is repeated.</summary>
    void Abandon();
}
