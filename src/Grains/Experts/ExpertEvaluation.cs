using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Experts;

/// <summary>Classifies test samples on the compute lane.</summary>
internal static class ExpertEvaluation
{
    private const int Piece = 256;

    /// <summary>Checks that a request has a gate for each sample.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rowLength">Elements of a sample.</param>
    /// <exception cref="ArgumentException">Samples and gates do not fit together.</exception>
    public static void Validate(EvaluateRequest request, int rowLength)
    {
        var total = request.Gates.Length;
        if (request.Samples is { } sent && (sent.Count != total || sent.RowLength != rowLength))
            throw new ArgumentException($"{sent.Count} samples of {sent.RowLength} elements and {total} gates were to be evaluated; a sample has {rowLength}.", nameof(request));
        if (request.Samples is null && request.Indexes?.Length != total)
            throw new ArgumentException($"{request.Indexes?.Length ?? 0} samples and {total} gates were to be evaluated.", nameof(request));
    }

    /// <summary>Counts the samples that are classified correctly.</summary>
    /// <param name="lane">The compute lane.</param>
    /// <param name="run">The run.</param>
    /// <param name="weights">The expert's weights.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="gates">Gate of each sample.</param>
    /// <param name="losses">Receives the loss of each sample; empty if they are not wanted.</param>
    public static async Task<int> Hits(ComputeLane lane, RunResources run, float[] weights, DispatchedSamples samples, ReadOnlyMemory<float> gates, Memory<double> losses)
    {
        var hits = 0;
        await lane.Run(Enumerable.Repeat(Piece, ShardCut.Blocks(gates.Length, Piece)).ToArray(), (scratch, piece) =>
        {
            run.Released.ThrowIfCancellationRequested();
            var first = piece * Piece;
            var count = Math.Min(Piece, gates.Length - first);
            var labels = samples.Labels.Span;
            var indexes = samples.Indexes.Span.Slice(first, count);
            var expert = scratch.Expert(run.Spec.Model, run.Spec.Data.Dim, run.Spec.Data.Patches);
            var block = new BlockSamples<float>(samples.Inputs.Span, labels, indexes, gates.Span.Slice(first, count));
            if (!losses.IsEmpty)
            {
                Interlocked.Add(ref hits, SampleLosses.Of(expert, weights, run.Spec.Model.Loss, run.RowLength, block, losses.Span.Slice(first, count)));
                return;
            }

            var predictions = new int[count];
            expert.Predict(weights, block, predictions);
            var right = 0;
            for (var i = 0; i < count; i++) right += predictions[i] == labels[indexes[i]] ? 1 : 0;
            Interlocked.Add(ref hits, right);
        });
        return hits;
    }
}
