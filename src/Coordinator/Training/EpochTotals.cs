using MoeOrleans.Compute.Metrics;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>
/// Sums over the steps of an epoch, in the order of the steps. A minibatch alone says little: the numbers of a run that trains by minibatches
/// are those of its last epoch. Each sample counts once, with the weights that its step began with.
/// </summary>
/// <param name="Steps">Steps added.</param>
/// <param name="Samples">Their samples.</param>
/// <param name="Loss">Sum of the samples' losses.</param>
/// <param name="Hits">Sum of the steps' accuracies in percent, each times its samples.</param>
/// <param name="Counts">Samples of each cluster at each expert, clusters x experts.</param>
[GenerateSerializer, Immutable, Alias("moe.EpochTotals.v1")]
internal sealed record EpochTotals(
    [property: Id(0)] long Steps,
    [property: Id(1)] long Samples,
    [property: Id(2)] double Loss,
    [property: Id(3)] double Hits,
    [property: Id(4)] WireTensor<int> Counts)
{
    /// <summary>An epoch before its first step.</summary>
    public static EpochTotals None { get; } = new(0, 0, 0, 0, WireTensor<int>.None);

    /// <summary>Mean loss of a sample.</summary>
    public double MeanLoss => Loss / Samples;

    /// <summary>Training accuracy in percent.</summary>
    public double Accuracy => Hits / Samples;

    /// <summary>Adds a step.</summary>
    /// <param name="metrics">What the step says of its minibatch.</param>
    /// <param name="counts">Where its samples went.</param>
    /// <param name="samples">Number of its samples.</param>
    public EpochTotals Add(StepMetrics metrics, DispatchCounts counts, int samples)
    {
        // What was sent is never changed: each sum is a new array.
        var sums = counts.Values.ToArray();
        for (var i = 0; i < Counts.Length; i++) sums[i] += Counts.Span[i];
        return new(Steps + 1, Samples + samples, Loss + (metrics.Loss * samples), Hits + (metrics.Accuracy * samples), new(sums));
    }

    /// <summary>The dispatch as counts.</summary>
    /// <param name="clusters">Number of clusters K.</param>
    /// <param name="experts">Number of experts M.</param>
    public DispatchCounts Dispatch(int clusters, int experts)
    {
        var counts = new DispatchCounts(clusters, experts);
        counts.Add(Counts.Span);
        return counts;
    }
}
