namespace MoeOrleans.Compute.Specification;

/// <summary>What decides which weights of a run are the best ones.</summary>
public enum KeepBestBy
{
    /// <summary>The smallest loss of a training step, of its whole minibatch before the update.</summary>
    Loss = 0,

    /// <summary>The smallest loss of the validation samples.</summary>
    Validation = 1,
}
