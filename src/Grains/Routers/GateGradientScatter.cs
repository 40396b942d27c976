using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Grains.Routers;

/// <summary>
/// The experts' answers, put back into the order of the shard's positions. A block's loss is the sum over its experts in
/// ascending order.
/// </summary>
internal sealed class GateGradientScatter
{
    public GateGradientScatter(float[] gateGradients, int blocks, ExpertDispatch<float>[] dispatches, DispatchReply?[] replies)
    {
        GateGradients = gateGradients;
        BlockLosses = new double[blocks];
        for (var m = 0; m < replies.Length; m++)
        {
            if (replies[m] is not { } reply) continue;
            if (reply is not { GateGradients: { } gates, BlockLosses: { } losses }) throw new InvalidDataException($"Expert {m} answered {reply.Kind} without gates and losses.");
            var at = dispatches[m].Positions.Span;
            if (gates.Length != at.Length || losses.Length != blocks)
                throw new InvalidDataException($"Expert {m} answered {gates.Length} gates and {losses.Length} blocks to a dispatch of {at.Length} samples in {blocks} blocks.");
            var gradients = gates.Span;
            var sums = losses.Span;
            for (var i = 0; i < at.Length; i++) GateGradients[at[i]] = gradients[i];
            for (var b = 0; b < blocks; b++) BlockLosses[b] += sums[b];
            Hits += reply.Hits;
            ComputeMilliseconds += reply.ComputeMilliseconds;
        }
    }

    /// <summary>d loss / d gate of each position.</summary>
    public float[] GateGradients { get; }

    /// <summary>Loss of each block.</summary>
    public double[] BlockLosses { get; }

    /// <summary>Samples classified rightly.</summary>
    public int Hits { get; }

    /// <summary>The experts' lane time.</summary>
    public double ComputeMilliseconds { get; }
}
