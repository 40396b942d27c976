using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Steps;

/// <summary>What every route of a step has.</summary>
/// <param name="Theta">The router's weights.</param>
/// <param name="Record">Whether the replies carry the expert and gate of every sample.</param>
/// <param name="Dispatched">Samples of each expert in the step before, if the loss needs them; null at the first step.</param>
internal readonly record struct RoutedWith(WireTensor<float> Theta, bool Record, WireTensor<int>? Dispatched);

/// <summary>Carries out the commands of a <see cref="StepProtocol"/>: calls routers and experts, and reports their replies to it.</summary>
/// <param name="grains">The run's grains.</param>
/// <param name="protocol">The step.</param>
/// <param name="routedWith">What every route of this step has.</param>
/// <param name="retry">Pauses between attempts at a call.</param>
/// <param name="timeline">Receives when its calls were made.</param>
/// <param name="aborted">Cancelled if the run is not wanted any more: then no call is repeated.</param>
internal sealed class StepDriver(ExpertsAndRouters grains, StepProtocol protocol, RoutedWith routedWith, RetryPolicy retry, StepTimeline timeline, CancellationToken aborted)
    : IStepInProgress
{
    private readonly RouteReply[] _replies = new RouteReply[protocol.Shards.Length];
    // By expert, so that their sum has one order.
    private readonly double[] _squaredGradients = new double[protocol.Experts];
    private int _routedShards;
    private int _committedExperts;
    private Task? _routed;
    private string? _lastFailure;
    private bool _snapshotBest;
    private bool _abandoned;

    /// <inheritdoc/>
    public IReadOnlyList<RouteReply> Replies => _replies;

    /// <inheritdoc/>
    public StepTimeline Timeline => timeline;

    /// <inheritdoc/>
    public StepCounts Counts => new(protocol.Step, _routedShards, protocol.Shards.Length, _committedExperts, protocol.Experts);

    /// <inheritdoc/>
    public double SquaredGradients => _squaredGradients.Sum();

    /// <summary>Begins to route; <see cref="Routed"/> ends it.</summary>
    public void Begin() => _routed = Drive(protocol.Start(), StepCommandKind.Fold);

    /// <inheritdoc/>
    public Task Routed() => _routed ?? throw new InvalidOperationException($"Step {protocol.Step} has not begun.");

    /// <inheritdoc/>
    public Task Commit(bool snapshotBest)
    {
        _snapshotBest = snapshotBest;
        return Drive(protocol.Commit(), StepCommandKind.StepCommitted);
    }

    /// <inheritdoc/>
    public void Abandon()
    {
        _abandoned = true;
        timeline.Abandon();
        _routed?.Ignore();
    }

    /// <summary>Carries out a turn's commands and those that follow, until the step needs its coordinator.</summary>
    /// <param name="turn">What to begin with.</param>
    /// <param name="expected">The command that the coordinator waits for.</param>
    /// <exception cref="RecoverableException">The step failed.</exception>
    /// <exception cref="DeposedException">Another coordinator has taken the run.</exception>
    private async Task Drive(StepTurn turn, StepCommandKind expected)
    {
        var commands = turn.Commands;
        while (true)
        {
            aborted.ThrowIfCancellationRequested();
            if (_abandoned) throw new OperationCanceledException($"Step {protocol.Step} was abandoned.");
            foreach (var command in commands)
            {
                if (command.Kind == expected) return;
                if (command.Kind is not (StepCommandKind.Route or StepCommandKind.Commit)) throw Failure(command);
            }

            // All calls at once, then one wait: the experts' work overlaps, and the replies are reported in a fixed order.
            var turns = await Task.WhenAll(commands.Select(command => command.Kind == StepCommandKind.Route ? Route(command) : Commit(command)));
            var next = ImmutableArray.CreateBuilder<StepCommand>();
            foreach (var report in turns) next.AddRange(report().Commands);
            commands = next.ToImmutable();
            if (commands.IsEmpty) throw new InvalidOperationException($"Step {protocol.Step} has no command in phase {protocol.Phase}.");
        }
    }

    private async Task<Func<StepTurn>> Route(StepCommand command)
    {
        try
        {
            await retry.Pause(command.Attempt, aborted);
            // Spans of Orleans, if they are wanted, belong to the step.
            Activity.Current = timeline.Span;
            if (command.Only is null) timeline.Begin(ref timeline.Routes[command.Shard]);
            var reply = await grains.Routers[command.Shard].Route(
                new RouteRequest(grains.Context, command.Step, command.Range.Start, command.Range.Count, routedWith.Theta, command.Only, timeline.Span?.Id, routedWith.Record && command.Only is null, routedWith.Dispatched));
            if (command.Only is null)
            {
                timeline.End(ref timeline.Routes[command.Shard], reply.DispatchMilliseconds);
                _routedShards++;
            }

            return () => RouteReplied(command, reply);
        }
#pragma warning disable CA1031 // The protocol decides what follows from a failed call: a retry or a restart.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _lastFailure = $"{grains.Silos.Shard(command.Shard)}: {CallFailure.Reason(failure)}";
            var isAtWork = await IsAtWork(failure);
            return () => protocol.RouteFailed(command, isAtWork);
        }
    }

    private StepTurn RouteReplied(StepCommand command, RouteReply reply)
    {
        if (!reply.Refusals.IsEmpty) return protocol.DispatchRefused(command, reply.Refusals[0].Expert, reply.Refusals[0].Kind);
        var perExpert = new int[protocol.Experts];
        for (var i = 0; i < reply.Counts.Length; i++) perExpert[i % perExpert.Length] += reply.Counts.Span[i];
        var turn = protocol.RouteReplied(command, perExpert);
        if (turn.Accepted && command.Only is null) _replies[command.Shard] = reply;
        return turn;
    }

    private async Task<Func<StepTurn>> Commit(StepCommand command)
    {
        try
        {
            await retry.Pause(command.Attempt, aborted);
            var coverage = new CoveredRange[command.Coverage.Length];
            for (var i = 0; i < coverage.Length; i++)
                coverage[i] = new CoveredRange(command.Coverage[i].Range.Start, command.Coverage[i].Range.Count, command.Coverage[i].Samples);
            var request = new CommitRequest(command.Generation, command.Step, ImmutableCollectionsMarshal.AsImmutableArray(coverage), _snapshotBest, timeline.Span?.Id);
            Activity.Current = timeline.Span;
            timeline.Begin(ref timeline.Commits[command.Expert]);
            var reply = await grains.Experts[command.Expert].Commit(request);
            timeline.End(ref timeline.Commits[command.Expert], reply.Milliseconds);
            if (reply.Missing.IsEmpty) _committedExperts++;
            _squaredGradients[command.Expert] = reply.SquaredGradient;
            BlockRange[] missing = reply.Missing.IsEmpty ? [] : [.. reply.Missing.Select(range => new BlockRange(range.Start, range.Count))];
            return () => protocol.CommitReplied(command, reply.Kind, missing);
        }
#pragma warning disable CA1031 // The protocol decides what follows from a failed call: a retry or a restart.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _lastFailure = $"{grains.Silos.Expert(command.Expert)}: {CallFailure.Reason(failure)}";
            var isAtWork = await IsAtWork(failure);
            return () => protocol.CommitFailed(command, isAtWork);
        }
    }

    /// <summary>Whether a failed call only took longer than calls may: its silos are alive and compute.</summary>
    private Task<bool> IsAtWork(Exception failure) => CallFailure.IsTimeout(failure) ? grains.Silos.Assigned.AreAtWork() : Task.FromResult(false);

    private Exception Failure(StepCommand command)
    {
        var expert = command.Cause is { } cause ? $", {grains.Silos.Expert(cause)}" : "";
        return command.Kind == StepCommandKind.Deposed
            ? new DeposedException($"Step {command.Step}: another coordinator has taken the run (seen at generation {command.Generation}{expert}).")
            : new RecoverableException($"Step {command.Step} failed ({command.Reason}{expert}): {_lastFailure ?? "no call failed"}");
    }
}
