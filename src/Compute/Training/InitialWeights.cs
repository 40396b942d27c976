using System.Numerics;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>A mixture's weights before the first step.</summary>
internal static class InitialWeights
{
    /// <summary>Theta = 0 (paper, section 3.3; empty if the gate is 1), and every expert's own draw.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static MixtureWeights<T> Draw<T>(RunSpec spec, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layout = ExpertKinds.Parameters(spec.Model, dim, patches);
        var experts = Enumerable.Range(0, spec.Model.Experts).Select(m => ExpertKinds.InitialWeights<T>(spec.Model, layout, spec.Training.Seed, m));
        return new MixtureWeights<T>(new T[RouterGradientLayout.Of(spec, dim).GradientLength], [.. experts], layout);
    }
}
