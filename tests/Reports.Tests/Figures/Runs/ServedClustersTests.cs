using MoeOrleans.Reports.Figures.Runs;

namespace MoeOrleans.Reports.Tests.Figures.Runs;

public sealed class ServedClustersTests
{
    [Fact]
    public void An_expert_serves_the_cluster_it_gets_most_of_its_samples_from_and_none_without_samples()
    {
        ServedClusters.Of([[5, 0, 3], [6, 0, 3], [1, 0, 2]]).ShouldBe([1, null, 0]);
    }
}
