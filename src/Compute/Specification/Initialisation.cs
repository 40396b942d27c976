namespace MoeOrleans.Compute.Specification;

/// <summary>Distribution of an expert's initial weights.</summary>
public enum Initialisation
{
    /// <summary>U(-1/sqrt(d), 1/sqrt(d)) times the scale, weights and biases (official code).</summary>
    Uniform,

    /// <summary>N(0, scale^2) (the paper's section 3.2); biases too, where there are any.</summary>
    Normal,
}
