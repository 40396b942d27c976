namespace MoeOrleans.Compute.Specification;

/// <summary>The load-balancing loss.</summary>
public enum BalanceKind
{
    /// <summary>The paper's: the product of each expert's share of the samples and its mean noisy score. It has no lower bound.</summary>
    Scores,

    /// <summary>
    /// That of the Switch Transformer (Fedus et al., arXiv 2101.03961, equation 4): the product of each expert's share of the samples
    /// and its mean probability, at least 0 and at most the coefficient times M. Shares are those of the step before.
    /// </summary>
    Switch,
}
