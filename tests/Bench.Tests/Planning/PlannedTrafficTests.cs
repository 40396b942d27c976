using MoeOrleans.Bench.Planning;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Tests.Planning;

/// <summary>The planned bytes are those that silos exchange. More silos: <c>PlannedBytesTests</c> of the cluster tests.</summary>
public sealed class PlannedTrafficTests
{
    private static readonly RunSpec s_cnn = Planned.Spec("data.train=4096", "data.test=16", "model.experts=6", "training.router.rate=0");

    [Fact]
    public async Task The_bytes_between_two_silos_are_within_two_percent_of_the_plan()
    {
        await using var cluster = await CountedCluster.Start(2, threads: 1);

        // The router does not learn: plans are for routing that stays as it is.
        foreach (var deployment in (Deployment[])[new(2, 2, 1, DispatchMode.Reference), new(2, 1, 1, DispatchMode.Payload)])
        {
            var measured = await cluster.Measure(s_cnn, deployment, (10, 90));

            var planned = PlannedBytes.Of(s_cnn, deployment, measured, ConstantsFile.BuiltIn.Actors);
            for (var silo = 0; silo < planned.Count; silo++)
            {
                (planned[silo].Sent / measured.Silos[silo].Sent).ShouldBeInRange(0.98, 1.02, $"sent by silo {silo}, {deployment}");
                (planned[silo].Received / measured.Silos[silo].Received).ShouldBeInRange(0.98, 1.02, $"received by silo {silo}, {deployment}");
            }
        }
    }

    [Fact]
    public void One_silo_sends_nothing()
    {
        var traffic = StepTraffic.Of(Planned.Step(s_cnn, 1, 1));

        traffic.Silos.Single().ShouldBe(new PlannedTraffic(0, 0, 0, 0, LocalCalls: 1 + 6 + 6, Peers: 0));
    }

    [Fact]
    public void What_one_silo_sends_another_receives()
    {
        var traffic = StepTraffic.Of(Planned.Step(s_cnn, 3, 2, DispatchMode.Payload));

        traffic.Silos.Sum(silo => silo.SentBytes).ShouldBe(traffic.Silos.Sum(silo => silo.ReceivedBytes), 1e-6);
        traffic.Silos.Sum(silo => silo.CallsMade).ShouldBe(traffic.Silos.Sum(silo => silo.CallsServed), 1e-9);
        // Silo 2 has experts alone: it is called by the coordinator and by both routers.
        traffic.Silos[2].CallsMade.ShouldBe(0);
        traffic.Silos[2].Peers.ShouldBe(2);
    }

    [Fact]
    public void By_payload_the_rows_of_remote_samples_are_sent()
    {
        var (reference, payload) = (Sent(DispatchMode.Reference), Sent(DispatchMode.Payload));

        // Half of the samples go to the other silo, as rows and labels instead of indexes.
        var rows = 2048 * (4 + (4 * 200) - 4);
        (payload - reference).ShouldBeInRange(rows, rows * 1.01);

        static double Sent(DispatchMode mode) => StepTraffic.Of(Planned.Step(s_cnn, 2, 1, mode)).Silos[0].SentBytes;
    }
}
