using MoeOrleans.Bench.Planning;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cluster.Tests;

/// <summary>The bytes that 'moe plan' expects are those that silos exchange. All silos are in this process.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class PlannedBytesTests
{
    // Their routers do not learn: plans are for routing that stays as it is.
    private static readonly string[][] s_specifications =
    [
        ["data.train=8192"],
        ["data.train=4096", "model.experts=64", "training.minibatch=2048", "training.block=256"],
        ["data.train=4096", "model.expert=mlp", "model.hidden=32", "training.minibatch=1024", "training.block=64"],
    ];

    [ClusterTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task The_bytes_between_silos_are_within_two_percent_of_the_plan(int silos)
    {
        await using var cluster = await CountedCluster.Start(silos, threads: 1);
        foreach (var changes in s_specifications)
        {
            var builder = new SpecificationBuilder();
            foreach (var change in (IEnumerable<string>)[.. changes, "data.test=16", "training.router.rate=0"]) builder.Set(change);
            var spec = builder.Build();
            foreach (var deployment in (Deployment[])[new(silos, 1, 1, DispatchMode.Reference), new(silos, silos, 1, DispatchMode.Reference), new(silos, silos, 1, DispatchMode.Payload)])
            {
                var measured = await cluster.Measure(spec, deployment, (10, 210));

                var planned = PlannedBytes.Of(spec, deployment, measured, ConstantsFile.BuiltIn.Actors);
                (planned.Sum(silo => silo.Sent) / measured.Silos.Sum(silo => silo.Sent)).ShouldBeInRange(0.98, 1.02, $"{string.Join(", ", changes)}, {deployment}");
            }
        }
    }
}
