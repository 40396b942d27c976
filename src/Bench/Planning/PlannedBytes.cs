using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>The bytes of a step with the loads and the wall time that a measurement had.</summary>
internal static class PlannedBytes
{
    /// <returns>Bytes that each silo sends and receives.</returns>
    public static IReadOnlyList<(double Sent, double Received)> Of(RunSpec spec, Deployment deployment, MeasuredTraffic measured, ActorConstants actors)
    {
        var background = actors.BytesPerPeerSecond * (deployment.Silos - 1) * measured.Seconds;
        return [.. StepTraffic.Of(new PlannedStep(spec, deployment, [.. measured.Loads])).Silos.Select(silo => (silo.SentBytes + background, silo.ReceivedBytes + background))];
    }
}
