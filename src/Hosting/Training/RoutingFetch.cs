using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Training;

namespace MoeOrleans.Hosting.Training;

/// <summary>Fetches the recorded routing of a run, piece by piece. The coordinator drops a step once the next one is asked for.</summary>
/// <param name="spec">The specification of the run.</param>
/// <param name="read">Reads the piece of a record that begins at a position; null if there is no such record yet.</param>
internal sealed class RoutingFetch(RunSpec spec, Func<int, int, Task<RecordedRouting?>> read)
{
    private readonly MinibatchOrder _order = new(spec.Training, spec.Data.Train);
    private int _next;

    /// <summary>Whether the coordinator ended the recording before the run, because it was not fetched in time.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Fetches the next step.</summary>
    /// <returns>The step; null if there is none yet.</returns>
    public async Task<RecordedStep?> Next()
    {
        if (await read(_next, 0) is not { } piece) return null;
        if (piece.IsGivenUp)
        {
            IsGivenUp = true;
            return null;
        }

        var (samples, experts, gates) = (new int[piece.Samples], new ushort[piece.Samples], new float[piece.Samples]);
        for (var at = 0; ;)
        {
            piece.Experts.Span.CopyTo(experts.AsSpan(at));
            piece.Gates.Span.CopyTo(gates.AsSpan(at));
            at += piece.Experts.Length;
            if (at == samples.Length) break;
            piece = await read(_next, at) is { Experts.Length: > 0, IsGivenUp: false } more ? more : throw new InvalidOperationException($"The record of step {piece.Step} ends after {at} of {samples.Length} samples.");
        }

        _next++;
        _order.Fill(piece.Step, 0, samples);
        return RecordedStep.Sort(piece.Step, samples, experts, gates);
    }
}
