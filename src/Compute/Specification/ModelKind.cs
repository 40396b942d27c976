namespace MoeOrleans.Compute.Specification;

/// <summary>Which published model a specification's values started from.</summary>
public enum ModelKind
{
    /// <summary>The mixture of experts with its router.</summary>
    Mixture,

    /// <summary>One expert alone, without a router: the paper's baseline.</summary>
    Single,
}
