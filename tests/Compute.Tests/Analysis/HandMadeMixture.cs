using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Analysis;

/// <summary>
/// What training should find, made by hand: one linear expert for each cluster, whose two filters are +-v_k, and a router
/// whose theta_k is c_k. There is next to no random noise in its data.
/// </summary>
internal static class HandMadeMixture
{
    public static readonly RunSpec Spec = new()
    {
        Data = new DataSpec { Dim = 12, Clusters = 4, Patches = 4, Train = 10, Test = 2000, Sigma = 0.001, Seed = 5 },
        Model = new ModelSpec { Experts = 4, Options = new PatchCnnOptions { Filters = 1 }, Activation = Activation.Linear },
    };

    /// <summary>The mixture.</summary>
    /// <param name="serves">Which cluster's feature each expert has learned.</param>
    public static MixtureWeights<float> Weights(params int[] serves)
    {
        var signals = Signals.Draw(Spec.Data.Seed, Spec.Data.Clusters, Spec.Data.Dim);
        var layout = ExpertKinds.Parameters(Spec.Model, Spec.Data.Dim, Spec.Data.Patches);
        float[] router = [.. signals.Centre.SelectMany(centre => centre).Select(x => (float)x)];
        return new MixtureWeights<float>(router, [.. serves.Select(cluster => Expert(signals.Feature[cluster]))], layout);

        // Class 0's filter first: it answers to the negative feature.
        float[] Expert(double[] feature)
        {
            var flat = new float[layout.Length];
            layout.Tensors[0].Import<float>([.. feature.Select(x => (float)-x), .. feature.Select(x => (float)x)], flat);
            return flat;
        }
    }
}
