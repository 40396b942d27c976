namespace MoeOrleans.Compute.Specification;

/// <summary>How weights follow their gradient.</summary>
public enum OptimiserMethod
{
    /// <summary>(Normalised) gradient descent, with momentum where that is not 0.</summary>
    GradientDescent,

    /// <summary>Adam; the single models' optimiser.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
    AdamW,
}
