using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>What an evaluation needs of the run's experts and routers.</summary>
internal interface IEvaluationGrains
{
    /// <summary>Number of routers.</summary>
    int Routers { get; }

    /// <summary>Routes and classifies some of the test or validation samples.</summary>
    /// <param name="router">The router.</param>
    /// <param name="samples">Which samples, of which weights.</param>
    Task<EvaluateReply> Classify(int router, TestSamples samples);

    /// <summary>Restores the experts that have lost the weights that are evaluated.</summary>
    /// <param name="weights">All weights of the run that may be evaluated.</param>
    Task RestoreLost(EvaluatedWeights weights);

    /// <summary>A router and its silo, for a message.</summary>
    /// <param name="router">The router.</param>
    string Name(int router);
}

/// <summary>Some of the test or validation samples, to be classified.</summary>
/// <param name="Set">The set that they are of.</param>
/// <param name="Purpose">With a draw of noise, or without noise.</param>
/// <param name="Version">Version of the experts' weights.</param>
/// <param name="Theta">The router's weights.</param>
/// <param name="First">The first sample.</param>
/// <param name="Count">Number of samples.</param>
/// <param name="WithLosses">Whether their losses are wanted too.</param>
internal readonly record struct TestSamples(SampleSet Set, RoutePurpose Purpose, long Version, WireTensor<float> Theta, int First, int Count, bool WithLosses);

/// <summary>The weights of a run whose training has ended, as its coordinator has read them.</summary>
/// <param name="Generation">The generation that holds the run.</param>
/// <param name="Version">Version of the final weights.</param>
/// <param name="Final">The final weights.</param>
/// <param name="BestVersion">Version of the best weights.</param>
/// <param name="Best">The weights of the smallest loss; null if the run does not keep them.</param>
internal sealed record EvaluatedWeights(long Generation, long Version, RunWeights Final, long BestVersion, RunWeights? Best);

/// <summary>
/// Classifies a set in pieces that each take one short call. A piece that fails is repeated by itself, after lost experts were
/// restored: after training the weights were read before, so no failure costs a step.
/// </summary>
/// <param name="grains">What the evaluation needs of the run's grains.</param>
/// <param name="data">Numbers of samples.</param>
/// <param name="weights">The weights, to restore lost experts from; null during training, when a lost expert restarts the run.</param>
/// <param name="retry">Pauses between attempts.</param>
/// <param name="aborted">Cancelled if the run is not wanted any more.</param>
internal sealed class TestEvaluation(IEvaluationGrains grains, DataSpec data, EvaluatedWeights? weights, RetryPolicy retry, CancellationToken aborted)
{
    /// <summary>Test samples a piece. By payload a router cuts it into chunks.</summary>
    public const int Piece = 512;

    /// <summary>Pieces under way at a router, so that the lanes of all silos have work. A call may take two minutes: 17 samples a second are enough.</summary>
    public const int PiecesUnderWay = 4;

    /// <summary>Attempts at a piece that may fail while all silos answer.</summary>
    public const int AttemptLimit = 5;

    // Half a minute: until then the cluster has declared a silo dead that died.
    private readonly RetryPolicy _retry = retry with { AttemptLimit = weights is null ? AttemptLimit : 14 };

    private Task _mending = Task.CompletedTask;

    /// <summary>Accuracy on the test samples in percent.</summary>
    /// <param name="purpose">With a draw of noise, or without noise.</param>
    /// <param name="version">Version of the experts' weights.</param>
    /// <param name="theta">The router's weights.</param>
    /// <exception cref="EvaluationFailedException">A piece could not be classified at any attempt.</exception>
    public async Task<double> Accuracy(RoutePurpose purpose, long version, WireTensor<float> theta) =>
        (await Classify(data.Test, (first, size) => new TestSamples(SampleSet.Test, purpose, version, theta, first, size, WithLosses: false))).Accuracy;

    /// <summary>Mean loss without noise, and accuracy in percent.</summary>
    /// <param name="set">The samples.</param>
    /// <param name="version">Version of the experts' weights.</param>
    /// <param name="theta">The router's weights.</param>
    /// <exception cref="EvaluationFailedException">A piece could not be classified at any attempt.</exception>
    public Task<(double Loss, double Accuracy)> LossAndAccuracy(SampleSet set, long version, WireTensor<float> theta) => Classify(
        set == SampleSet.Test ? data.Test : data.Validation,
        (first, size) => new TestSamples(set, RoutePurpose.EvaluateWithoutNoise, version, theta, first, size, WithLosses: true));

    private async Task<(double Loss, double Accuracy)> Classify(int samples, Func<int, int, TestSamples> piece)
    {
        // In the order of the samples, so that their sum does not depend on the number of routers.
        var losses = new double[samples];
        var (count, stride) = (grains.Routers * PiecesUnderWay, (long)grains.Routers * PiecesUnderWay * Piece);
        var hits = await Task.WhenAll(Enumerable.Range(0, count).Select(Hits));
        return (losses.Sum() / samples, 100.0 * hits.Sum() / samples);

        // Every n-th piece, one after another. The sum of hits does not depend on who counts them.
        async Task<long> Hits(int start)
        {
            var hits = 0L;
            for (var first = start * (long)Piece; first < samples; first += stride)
            {
                var reply = await Classify(start % grains.Routers, piece((int)first, (int)Math.Min(Piece, samples - first)));
                hits += reply.Hits;
                reply.Losses?.Span.CopyTo(losses.AsSpan((int)first));
            }

            return hits;
        }
    }

    private async Task<EvaluateReply> Classify(int router, TestSamples piece)
    {
        var failures = 0;
        var policy = _retry with { IsTransient = failure => CallFailure.IsCausedByUnreachable(failure) || failures < AttemptLimit };
        try
        {
            return await policy.Run(async _ =>
            {
                try
                {
                    if (failures > 0) await Mend();
                    return await grains.Classify(router, piece);
                }
                catch
                {
                    failures++;
                    throw;
                }
            }, aborted);
        }
        catch (Exception failure) when (!aborted.IsCancellationRequested)
        {
            throw new EvaluationFailedException(piece.Version, grains.Name(router), failure);
        }
    }

    // Pieces that fail at the same time share one mending.
    private Task Mend() => weights is null ? Task.CompletedTask : _mending = _mending.IsCompleted ? grains.RestoreLost(weights) : _mending;
}

/// <summary>Samples could not be classified. After training the weights were read before.</summary>
/// <param name="version">Version of the weights.</param>
/// <param name="router">The router and its silo.</param>
/// <param name="cause">The last failure.</param>
internal sealed class EvaluationFailedException(long version, string router, Exception cause) : InvalidOperationException(
    $"The evaluation of the weights after {version} steps failed at {router}: {CallFailure.Reason(cause)}", cause);
