using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.Steps;

/// <summary>Carries out what a <see cref="StepProtocol"/> asks for: calls routers and experts, and reports back to it.</summary>
/// <param name="grains">The run's grains.</param>
/// <param name="protocol">The step.</param>
/// <param name="theta">The router's weights of this step.</param>
/// <param name="aborted">Cancelled where the run is not wanted any more: then nothing is repeated.</param>
internal sealed class StepDriver(ExpertsAndRouters grains, StepProtocol protocol, WireTensor<float> theta, CancellationToken aborted)
{
    private readonly RouteReply[] _replies = new RouteReply[protocol.Shards.Length];
    private Task<StepCommand>? _routed;
    private bool _abandoned;

    /// <summary>The step.</summary>
    public long Step => protocol.Step;

    /// <summary>The routers' replies in shard order, once the step is to be folded.</summary>
    public IReadOnlyList<RouteReply> Replies => _replies;

    /// <summary>Whether the experts keep the weights of this step when they commit it.</summary>
    public bool Keep { get; set; }

    /// <summary>The last failure of a call, to be named where the step fails for good.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Begins to route; <see cref="Routed"/> ends it.</summary>
    public void Begin() => _routed = Drive(protocol.Start());

    /// <summary>Every shard is routed, or cannot be.</summary>
    /// <returns>Fold, Recover or Deposed.</returns>
    public Task<StepCommand> Routed() => _routed ?? throw new InvalidOperationException($"Step {Step} has not begun.");

    /// <summary>Commits every expert.</summary>
    /// <returns>StepCommitted, Recover or Deposed.</returns>
    public Task<StepCommand> Commit() => Drive(protocol.Commit());

    /// <summary>The step before has failed: what was begun of this one is nobody's, and is not repeated.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _routed?.Ignore();
    }

    /// <summary>Does a turn's commands and those that follow, until the step needs its coordinator.</summary>
    /// <param name="turn">What to begin with.</param>
    /// <returns>Fold, StepCommitted, Recover or Deposed.</returns>
    private async Task<StepCommand> Drive(StepTurn turn)
    {
        var commands = turn.Commands;
        while (true)
        {
            aborted.ThrowIfCancellationRequested();
            if (_abandoned) throw new OperationCanceledException($"Step {Step} was abandoned.");
            foreach (var command in commands)
            {
                if (command.Kind is not (StepCommandKind.Route or StepCommandKind.Commit)) return command;
            }

            // All calls at once, then one wait: the experts' work overlaps, and the replies are reported in a fixed order.
            var turns = await Task.WhenAll(commands.Select(command => command.Kind == StepCommandKind.Route ? Route(command) : Commit(command)));
            var next = ImmutableArray.CreateBuilder<StepCommand>();
            foreach (var report in turns) next.AddRange(report().Commands);
            commands = next.ToImmutable();
            if (commands.IsEmpty) throw new InvalidOperationException($"Step {protocol.Step} waits for nothing in phase {protocol.Phase}.");
        }
    }

    private async Task<Func<StepTurn>> Route(StepCommand command)
    {
        try
        {
            await RetryPause.Before(command.Attempt, aborted);
            var reply = await grains.Routers[command.Shard].Route(
                new RouteRequest(grains.Context, command.Step, command.Range.Start, command.Range.Count, theta, command.Only));
            return () => RouteReplied(command, reply);
        }
#pragma warning disable CA1031 // Any failure of a call is the protocol's to judge: retry, then recover.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LastFailure = $"{grains.Silos.Shard(command.Shard)}: {CallFailure.Reason(failure)}";
            return () => protocol.RouteFailed(command);
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
            await RetryPause.Before(command.Attempt, aborted);
            var coverage = new CoveredRange[command.Coverage.Length];
            for (var i = 0; i < coverage.Length; i++)
                coverage[i] = new CoveredRange(command.Coverage[i].Range.Start, command.Coverage[i].Range.Count, command.Coverage[i].Samples);
            var request = new CommitRequest(command.Generation, command.Step, ImmutableCollectionsMarshal.AsImmutableArray(coverage), Keep);
            var reply = await grains.Experts[command.Expert].Commit(request);
            BlockRange[] missing = reply.Missing.IsEmpty ? [] : [.. reply.Missing.Select(range => new BlockRange(range.Start, range.Count))];
            return () => protocol.CommitReplied(command, reply.Kind, missing);
        }
#pragma warning disable CA1031 // Any failure of a call is the protocol's to judge: retry, then recover.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LastFailure = $"{grains.Silos.Expert(command.Expert)}: {CallFailure.Reason(failure)}";
            return () => protocol.CommitFailed(command);
        }
    }
}
