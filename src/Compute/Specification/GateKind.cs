namespace MoeOrleans.Compute.Specification;

/// <summary>What the chosen expert's output is multiplied by.</summary>
public enum GateKind
{
    /// <summary>The (noisy) score of the chosen expert itself.</summary>
    Score,

    /// <summary>softmax over the experts of the scores without noise, at the chosen expert.</summary>
    Softmax,

    /// <summary>1: the output is taken as it is, and the router, if there is a choice at all, does not learn.</summary>
    One,
}
