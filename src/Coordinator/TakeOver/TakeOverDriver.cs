using System.Collections.Immutable;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.TakeOver;

/// <summary>
/// Carries out what a <see cref="TakeOverProtocol"/> asks for. Generations live in this activation and there are no
/// checkpoints yet: the manifest is the start of the run.
/// </summary>
/// <param name="grains">The run's grains.</param>
/// <param name="aborted">Cancelled where the run is not wanted any more: then nothing is repeated.</param>
internal sealed class TakeOverDriver(ExpertsAndRouters grains, CancellationToken aborted)
{
    /// <summary>Takes the run for the next generation and restores every expert to version 0.</summary>
    /// <param name="knownGeneration">The last generation known, 0 at first.</param>
    /// <returns>The generation that now holds the run, and the silo that each expert is on.</returns>
    /// <exception cref="RecoverableException">An expert could not be restored.</exception>
    /// <exception cref="InvalidOperationException">Another generation has the run.</exception>
    public async Task<(long Generation, IReadOnlyList<string> Places)> TakeOver(long knownGeneration)
    {
        string? lastFailure = null;
        var places = new string[grains.Experts.Count];
        var protocol = new TakeOverProtocol(knownGeneration, grains.Experts.Count);
        var commands = protocol.Start().Commands;
        while (true)
        {
            aborted.ThrowIfCancellationRequested();
            var next = ImmutableArray.CreateBuilder<TakeOverCommand>();
            var restores = new List<Task<Func<TakeOverTurn>>>();
            foreach (var command in commands)
            {
                switch (command.Kind)
                {
                    case TakeOverCommandKind.Claim: next.AddRange(protocol.Claimed(created: true).Commands); break;
                    case TakeOverCommandKind.ReadManifest: next.AddRange(protocol.ManifestRead(version: 0).Commands); break;
                    case TakeOverCommandKind.Restore: restores.Add(Restore(command)); break;
                    case TakeOverCommandKind.Begin: return (protocol.Generation, places);
                    case TakeOverCommandKind.GiveUp: throw new RecoverableException($"Generation {protocol.Generation} could not restore {lastFailure}");
                    default: throw new InvalidOperationException($"Generation {protocol.Generation} is refused: another coordinator has taken the run.");
                }
            }

            foreach (var report in await Task.WhenAll(restores)) next.AddRange(report().Commands);
            commands = next.ToImmutable();
        }

        async Task<Func<TakeOverTurn>> Restore(TakeOverCommand command)
        {
            try
            {
                await RetryPause.Before(command.Attempt, aborted);
                var reply = await grains.Experts[command.Expert].Restore(new RestoreRequest(grains.Context, command.Generation, command.Version, null, null));
                places[command.Expert] = reply.Silo;
                return () => protocol.RestoreReplied(command, reply.Decision);
            }
#pragma warning disable CA1031 // Any failure of a call is the protocol's to judge.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lastFailure = $"{grains.Silos.Expert(command.Expert)}: {CallFailure.Reason(failure)}";
                return () => protocol.RestoreFailed(command);
            }
        }
    }
}
