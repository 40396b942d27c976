using System.Collections.Immutable;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Coordinator.TakeOver;

/// <summary>
/// Carries out the commands of a <see cref="TakeOverProtocol"/>. Generations are counted in this activation's memory.
/// </summary>
/// <param name="grains">The run's grains.</param>
/// <param name="retry">Pauses between attempts at an expert.</param>
/// <param name="aborted">Cancelled if the run is not wanted any more: then no call is repeated.</param>
internal sealed class TakeOverDriver(ExpertsAndRouters grains, RetryPolicy retry, CancellationToken aborted)
{
    /// <summary>Takes the run for the next generation and restores every expert to version 0.</summary>
    /// <param name="knownGeneration">The last generation known, 0 at first.</param>
    /// <returns>The generation that now holds the run, and the silo that each expert is on.</returns>
    /// <exception cref="RecoverableException">An expert could not be restored.</exception>
    /// <exception cref="DeposedException">Another generation has the run.</exception>
    public async Task<(long Generation, IReadOnlyList<string> Silos)> TakeOver(long knownGeneration)
    {
        string? lastFailure = null;
        var silos = new string[grains.Experts.Count];
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
                    case TakeOverCommandKind.Begin: return (protocol.Generation, silos);
                    case TakeOverCommandKind.GiveUp: throw new RecoverableException($"Generation {protocol.Generation} could not restore {lastFailure}");
                    default: throw new DeposedException($"Generation {protocol.Generation} is refused: another coordinator has taken the run.");
                }
            }

            foreach (var report in await Task.WhenAll(restores)) next.AddRange(report().Commands);
            commands = next.ToImmutable();
        }

        async Task<Func<TakeOverTurn>> Restore(TakeOverCommand command)
        {
            try
            {
                await retry.Pause(command.Attempt, aborted);
                var reply = await grains.Experts[command.Expert].Restore(new RestoreRequest(grains.Context, command.Generation, command.Version, null, null));
                silos[command.Expert] = reply.Silo;
                return () => protocol.RestoreReplied(command, reply.Decision);
            }
#pragma warning disable CA1031 // The protocol decides what follows from a failed call.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lastFailure = $"{grains.Silos.Expert(command.Expert)}: {CallFailure.Reason(failure)}";
                return () => protocol.RestoreFailed(command);
            }
        }
    }
}
