using MoeOrleans.Compute.Routing;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator;

/// <summary>Test accuracy by the run's own routers and experts.</summary>
internal static class TestEvaluation
{
    /// <summary>Samples classified rightly, in percent.</summary>
    /// <param name="grains">The run's grains.</param>
    /// <param name="samples">Test samples.</param>
    /// <param name="purpose">With a draw of noise, or without noise.</param>
    /// <param name="version">Version of the weights.</param>
    /// <param name="theta">The router's weights.</param>
    public static async Task<double> Accuracy(ExpertsAndRouters grains, int samples, RoutePurpose purpose, long version, WireTensor<float> theta)
    {
        var routers = grains.Routers.Count;
        var replies = await Task.WhenAll(grains.Routers.Select((router, s) =>
        {
            var first = (int)((long)samples * s / routers);
            var end = (int)((long)samples * (s + 1) / routers);
            return RecoverableException.Wrap(
                $"The evaluation of the weights after {version} steps failed at {grains.Silos.Shard(s)}",
                () => router.RouteTest(new RouteTestRequest(grains.Context, version, purpose, first, end - first, theta)));
        }));
        return 100.0 * replies.Sum(reply => reply.Hits) / replies.Sum(reply => reply.Samples);
    }
}
