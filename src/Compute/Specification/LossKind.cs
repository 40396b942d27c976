namespace MoeOrleans.Compute.Specification;

/// <summary>Loss of a gated output.</summary>
public enum LossKind
{
    /// <summary>
    /// Cross-entropy that takes softmax(gate * logits) as logits once more, as the official code does; with two classes at
    /// least ln(1 + 1/e) = 0.3133.
    /// </summary>
    SoftmaxCrossEntropy,

    /// <summary>Cross-entropy of softmax(gate * logits): the single models' loss.</summary>
    CrossEntropy,

    /// <summary>log(1 + exp(-y F)) with F = gate * output and y = +-1 (the paper's equation 3.2).</summary>
    Logistic,
}
