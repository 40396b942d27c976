using System.Globalization;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Training;

namespace MoeOrleans.Coordinator;

/// <summary>
/// The largest message of a run between processes. Weights travel in pieces, so it is the reply of a router, a dispatch, or the records of
/// all steps when their coordinator moves. Within one process no message is encoded, so there is no limit.
/// </summary>
internal static class LargestMessage
{
    /// <summary>Largest message that silos and clients accept, in bytes.</summary>
    public const int Limit = 64 << 20;

    /// <summary>For headers, and for what does not grow with a run.</summary>
    private const int Rest = 1 << 20;

    /// <summary>Why a run cannot be sent between processes; null if it can.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="shards">Shards of a minibatch.</param>
    /// <param name="productsInterval">Steps between records of the products; 0 for none.</param>
    /// <param name="recordsRouting">Whether the routing is recorded.</param>
    public static string? Refusal(RunSpec spec, int shards, int productsInterval, bool recordsRouting = false)
    {
        var (bytes, field, what, fix) = Messages(spec, shards, productsInterval, recordsRouting).MaxBy(message => message.Bytes);
        return bytes <= Limit - Rest ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{field}: {what} would be a message of {bytes / 1e6:0} MB, and silos send at most {(Limit - Rest) / 1e6:0} MB; {fix}, or train in one process");
    }

    private static IEnumerable<(long Bytes, string Field, string What, string Fix)> Messages(RunSpec spec, int shards, int productsInterval, bool recordsRouting)
    {
        var (data, samples) = (spec.Data, new MinibatchOrder(spec.Training, spec.Data.Train).Size(0));
        var (layout, blocks) = (RouterGradientLayout.Of(spec, data.Dim), ShardCut.Blocks(samples, spec.Training.Block));
        var cut = ShardCut.Cut(blocks, shards);
        var largest = cut.Max(shard => (long)ShardCut.Samples(shard, samples, spec.Training.Block));
        var nodes = cut.Max(shard => ReductionTree.Cover(shard, blocks).Count);
        yield return (
            (sizeof(float) * (long)nodes * layout.Length) + (sizeof(double) * (long)blocks) + (sizeof(int) * (long)data.Clusters * spec.Model.Experts) + (recordsRouting ? RoutingRecorder.SampleBytes * largest : 0),
            "model.experts", $"the router's gradient of a shard in {nodes} parts{(recordsRouting ? " with its record of routing" : "")}", "choose fewer experts or more shards");
        // A step has to fit where records wait for the command that writes them.
        var kept = recordsRouting ? Math.Max(RoutingRecorder.KeptBytes, RoutingRecorder.SampleBytes * (long)samples) : 0;
        // An index and a gate of each sample.
        yield return ((sizeof(int) + sizeof(float)) * largest, "training.minibatch", "a dispatch of all samples of a shard", "choose more shards or a smaller minibatch");
        yield return ((data.Standardize ? 2 : 1) * sizeof(float) * (long)data.Dim * data.Patches, "data.dim", data.Standardize ? "mean and deviation of a sample's numbers" : "one sample", "choose smaller samples");
        var router = layout.GradientLength * (spec.Training.KeepBest ? 2L : 1) + Optimiser.StateLength(spec.Training.Router, layout.GradientLength);
        yield return (
            sizeof(double) * (((long)RecordColumns.Width * spec.Training.Steps) + Evaluations(spec) + Products(spec, productsInterval)) + (sizeof(float) * router) + kept,
            "training.steps", "the records of all steps", recordsRouting ? "choose fewer steps, or no record of routing" : "choose fewer steps");
    }

    /// <summary>Numbers of the records of evaluations.</summary>
    private static long Evaluations(RunSpec spec) =>
        spec.Training.EvaluateEvery == 0 ? 0 : RecordColumns.EvaluationWidth * (1 + (spec.Training.Steps / (spec.Training.EvaluateEvery * new MinibatchOrder(spec.Training, spec.Data.Train).StepsPerEpoch)));

    /// <summary>Numbers of the records of products: of every expert with both signals of every cluster, and of the router.</summary>
    private static long Products(RunSpec spec, int interval) =>
        interval == 0 ? 0 : (2 + (spec.Training.Steps / interval)) * 4L * spec.Model.Experts * spec.Data.Clusters;
}
