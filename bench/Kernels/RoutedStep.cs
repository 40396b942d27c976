using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Kernels;

/// <summary>The first full-batch step of setting 1, routed and grouped: the input of the kernels that are measured.</summary>
internal sealed class RoutedStep
{
    /// <summary>Generates the data, draws the initial weights and routes.</summary>
    public RoutedStep(int experts)
    {
        var spec = new SpecificationBuilder().Set($"model.experts={experts}").Build();
        Spec = spec with { Data = spec.Data with { Test = 1 } };
        Train = ClusterData.Generate<float>(Spec.Data).Train;
        Blocks = new BlockRange(0, ShardCut.Blocks(Train.Count, Spec.Training.Block));
        Root = new TreeNode(ReductionTree.RootLevel(Blocks.Count), 0);
        Weights = InitialWeights.Draw<float>(Spec, Train.Dim, Train.Patches);
        Scores = new RouterScores<float>(Weights.Router, experts);
        Noise = new RouterNoise<float>(Spec.Routing, Spec.Training.Seed);
        Router = new NoisyTopOne<float>(Spec.Routing, Scores, Noise);
        Routed = new RoutedSamples<float>(Spec.Routing, Train.Count, experts);
        for (var i = 0; i < Routed.Count; i++) Routed.Indexes[i] = i;
        Route();
        Dispatches = DispatchGrouping.Group(Routed, Blocks, Spec.Training.Block);
    }

    public RunSpec Spec { get; }

    /// <summary>16,000 samples of 4 x 50.</summary>
    public Samples<float> Train { get; }

    /// <summary>All blocks.</summary>
    public BlockRange Blocks { get; }

    /// <summary>Root of the reduction tree over all blocks.</summary>
    public TreeNode Root { get; }

    public MixtureWeights<float> Weights { get; }

    public RouterScores<float> Scores { get; }

    public RouterNoise<float> Noise { get; }

    /// <summary>Scores, noise, argmax and gate.</summary>
    public NoisyTopOne<float> Router { get; }

    /// <summary>Expert and gate of each sample.</summary>
    public RoutedSamples<float> Routed { get; }

    /// <summary>The samples of each expert.</summary>
    public IReadOnlyList<ExpertDispatch<float>> Dispatches { get; }

    /// <summary>Routes every sample.</summary>
    public void Route() => Router.Route(RoutePurpose.Train, 0, Train.PatchSums, Routed, 0, Routed.Count);
}
