namespace MoeOrleans.Compute.Specification;

/// <summary>What an expert's gradient is divided by. Where the norm is 0 it is not divided.</summary>
public enum NormKind
{
    /// <summary>Nothing: plain gradient descent.</summary>
    None,

    /// <summary>The sum of the norms of the expert's tensors' gradients, |dW| + |db| (official code).</summary>
    Sum,

    /// <summary>Each tensor's gradient by its own norm (the entropy curves).</summary>
    Tensor,

    /// <summary>The Frobenius norm over all of the expert's parameters (the paper's algorithm 1).</summary>
    Frobenius,
}
