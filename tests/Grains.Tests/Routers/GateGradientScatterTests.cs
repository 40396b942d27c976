using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Tests.Routers;

public sealed class GateGradientScatterTests
{
    // Positions 0 and 2 went to expert 0, 1 to expert 2, in one block.
    private static readonly ExpertDispatch<float>[] s_dispatches = [Dispatch(0, 2), Dispatch(), Dispatch(1)];

    [Fact]
    public void Answers_come_back_to_their_positions_and_losses_and_hits_are_summed()
    {
        var gradients = new float[3];
        var answers = new GateGradientScatter(gradients, 1, s_dispatches, [Reply([1, 2], 0.5, 2), null, Reply([3], 0.25, 0)]);
        gradients.ShouldBe([1, 3, 2]);
        answers.BlockLosses.ShouldBe([0.75]);
        answers.Hits.ShouldBe(2);
    }

    [Fact]
    public void An_expert_that_was_called_has_to_answer_all_of_its_samples()
    {
        var none = new DispatchReply(DispatchKind.Done, 0, null, null, 0, 0);
        Should.Throw<InvalidDataException>(() => new GateGradientScatter(new float[3], 1, s_dispatches, [none, null, Reply([3], 0, 0)]))
            .Message.ShouldBe("Expert 0 answered Done without gates and losses.");
        Should.Throw<InvalidDataException>(() => new GateGradientScatter(new float[3], 1, s_dispatches, [Reply([1], 0, 0), null, Reply([3], 0, 0)]))
            .Message.ShouldStartWith("Expert 0 answered 1 gates and 1 blocks to a dispatch of 2 samples");
    }

    private static ExpertDispatch<float> Dispatch(params int[] positions) =>
        new(new BlockRange(0, 1), new[] { 0, positions.Length }, positions, positions, new float[positions.Length]);

    private static DispatchReply Reply(float[] gates, double loss, int hits) =>
        new(DispatchKind.Done, 0, new WireTensor<float>(gates), new WireTensor<double>(new[] { loss }), hits, 0);
}
