using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Run;

/// <summary>Counts a shard's samples by cluster and expert.</summary>
internal sealed class DispatchTally
{
    public DispatchTally(Samples<float> samples, RoutedSamples<float> routed, int experts)
    {
        var counts = new int[samples.Clusters * experts];
        for (var i = 0; i < routed.Count; i++) counts[(samples.Cluster[routed.Indexes[i]] * experts) + routed.Expert[i]]++;
        Wire = new WireTensor<int>(counts);
    }

    /// <summary>Clusters x experts.</summary>
    public WireTensor<int> Wire { get; }
}
