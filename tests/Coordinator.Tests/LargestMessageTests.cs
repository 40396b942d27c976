using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Coordinator.Tests;

public sealed class LargestMessageTests
{
    [Theory]
    [InlineData(1)]
    // The records of 64 bytes a step.
    [InlineData(1, "training.steps=1000000")]
    // Weights travel in pieces: 2.5 GB.
    [InlineData(1, "model.expert=mlp", "model.activation=relu", "model.hidden=65536", "model.experts=48", "training.keepBest=true")]
    [InlineData(8, "data.train=16000000", "data.dim=16")]
    public void What_can_be_sent_is_not_refused(int shards, params string[] assignments) => LargestMessage.Refusal(Spec(assignments), shards, 0).ShouldBeNull();

    [Theory]
    [InlineData("training.steps: the records of all steps would be a message of 128 MB, and silos send at most 66 MB; choose fewer steps, or train in one process", 1, "training.steps=2000000")]
    [InlineData("training.minibatch: a dispatch of all samples of a shard would be a message of 128 MB, and silos send at most 66 MB; choose more shards or a smaller minibatch, or train in one process", 1, "data.train=16000000", "data.dim=16")]
    [InlineData("model.experts: the router's gradient of a shard in 1 parts would be a message of 82 MB, and silos send at most 66 MB; choose fewer experts or more shards, or train in one process", 1, "model.experts=2048", "data.dim=10000")]
    public void What_cannot_be_sent_is_told(string refusal, int shards, params string[] assignments) => LargestMessage.Refusal(Spec(assignments), shards, 0).ShouldBe(refusal);

    [Fact]
    public void Records_of_routing_are_counted()
    {
        LargestMessage.Refusal(Spec(), 1, 0, recordsRouting: true).ShouldBeNull();
        LargestMessage.Refusal(Spec("data.train=8000000", "data.dim=16"), 1, 0).ShouldBeNull();
        // A step of these samples takes 48 MB of the coordinator, and half a million steps 32 MB.
        LargestMessage.Refusal(Spec("data.train=8000000", "data.dim=16", "training.steps=500000"), 1, 0, recordsRouting: true)!
            .ShouldStartWith("training.steps: the records of all steps would be a message of 80 MB");
    }

    private static RunSpec Spec(params string[] assignments)
    {
        var builder = new SpecificationBuilder();
        foreach (var assignment in assignments) builder.Set(assignment);
        return builder.Build();
    }
}
