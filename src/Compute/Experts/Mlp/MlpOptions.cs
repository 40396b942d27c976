using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.Mlp;

/// <summary>Options of the two-layer ReLU MLP over a sample's patches side by side.</summary>
internal sealed record MlpOptions : ExpertOptions
{
    /// <summary>Hidden units.</summary>
    [Field("Hidden units of an mlp", Min = 1, Max = 65_536, IsLater = true)]
    public int Hidden { get; init; } = 512;
}
