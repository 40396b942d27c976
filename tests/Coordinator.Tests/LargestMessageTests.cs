using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Coordinator.Tests;

public sealed class LargestMessageTests
{
    // Two experts of 16 filters x 50 elements, 16 biases; a router of 2 x 50 elements.
    [Theory]
    [InlineData(4 * ((2 * 816) + 100))]
    [InlineData(4 * 2 * ((2 * 816) + 100), "training.keepBest=true")]
    [InlineData(4 * (816 + 50), "model.experts=1")]
    // One expert that moves takes its momentum along, and the weights that it keeps.
    [InlineData(4 * (816 + 816), "model.experts=1", "training.expert.momentum=0.9")]
    [InlineData(4 * (816 + 816 + 816), "model.experts=1", "training.expert.momentum=0.9", "training.keepBest=true")]
    public void It_is_all_weights_or_one_expert_with_all_that_it_has(int bytes, params string[] assignments) => LargestMessage.Bytes(Spec(assignments)).ShouldBe(bytes);

    [Fact]
    public void What_cannot_be_sent_is_told()
    {
        string[] wide = ["model.expert=mlp", "model.activation=relu", "model.hidden=65536"];
        LargestMessage.Refusal(Spec([.. wide, "model.experts=30"])).ShouldBeNull();
        LargestMessage.Refusal(Spec([.. wide, "model.experts=40"])).ShouldNotBeNull().ShouldContain("at most 2.1 GB, and these have 2.3 GB");
        LargestMessage.Refusal(Spec([.. wide, "model.experts=30", "training.keepBest=true"])).ShouldNotBeNull();
    }

    private static RunSpec Spec(params string[] assignments)
    {
        var builder = new SpecificationBuilder();
        foreach (var assignment in (string[])["model.experts=2", .. assignments]) builder.Set(assignment);
        return builder.Build();
    }
}
