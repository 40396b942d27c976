namespace MoeOrleans.Compute.Specification;

/// <summary>Kinds of expert.</summary>
public enum ExpertKind
{
    /// <summary>The paper's two-layer patch CNN.</summary>
    Cnn,
}
