namespace MoeOrleans.Compute.Specification;

/// <summary>Kinds of expert.</summary>
public enum ExpertKind
{
    /// <summary>The paper's two-layer patch CNN.</summary>
    Cnn,

    /// <summary>A two-layer ReLU MLP over the patches side by side.</summary>
    Mlp,
}
