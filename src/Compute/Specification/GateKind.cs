namespace MoeOrleans.Compute.Specification;

/// <summary>What the chosen expert's output is multiplied by.</summary>
public enum GateKind
{
    /// <summary>The (noisy) score of the chosen expert itself.</summary>
    Score,

    /// <summary>softmax over the experts of the scores without noise, at the chosen expert.</summary>
    Softmax,
}
