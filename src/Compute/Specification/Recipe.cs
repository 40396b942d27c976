namespace MoeOrleans.Compute.Specification;

/// <summary>Which of the two published algorithms a run's values started from.</summary>
public enum Recipe
{
    /// <summary>The official code, which produced the paper's tables: noisy score as gate, two logits, cross-entropy of the softmax.</summary>
    Reference,

    /// <summary>The algorithm that the theory analyses (section 3): softmax gate, scalar output, logistic loss.</summary>
    Paper,

    /// <summary>What users of PyTorch start from, for data that are not the paper's: Adam, minibatches, softmax gate, Switch's balance loss.</summary>
    Plain,
}
