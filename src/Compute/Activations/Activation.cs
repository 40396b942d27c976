namespace MoeOrleans.Compute.Specification;

/// <summary>Activation functions of the patch CNN; the six of the paper's theorem check.</summary>
public enum Activation
{
    /// <summary>sigma(z) = z: the linear mixture.</summary>
    Linear,

    /// <summary>sigma(z) = z^3: the nonlinear mixture.</summary>
    Cubic,

    /// <summary>sigma(z) = max(z, 0); derivative 0 at 0.</summary>
    Relu,

    /// <summary>sigma(z) = z for z > 0, else exp(z) - 1 (alpha = 1).</summary>
    Celu,

    /// <summary>sigma(z) = z * Phi(z), Phi the exact normal distribution function.</summary>
    Gelu,

    /// <summary>sigma(z) = tanh(z).</summary>
    Tanh,
}
