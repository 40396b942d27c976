namespace MoeOrleans.Compute.Recording;

/// <summary>Expert and gate of every sample of one training step, in ascending order of the samples.</summary>
/// <param name="Step">The step.</param>
/// <param name="Samples">Indexes of the samples in the training set, ascending.</param>
/// <param name="Experts">The expert of each of them.</param>
/// <param name="Gates">The gate of each of them.</param>
internal sealed record RecordedStep(long Step, int[] Samples, ushort[] Experts, float[] Gates)
{
    /// <summary>Sorts what was routed in another order, such as that of a minibatch.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">The samples in the order of their positions; sorted in place.</param>
    /// <param name="experts">The expert at each position; sorted in place.</param>
    /// <param name="gates">The gate at each position; sorted in place.</param>
    public static RecordedStep Sort(long step, int[] samples, ushort[] experts, float[] gates)
    {
        Array.Sort((int[])samples.Clone(), experts);
        Array.Sort(samples, gates);
        return new RecordedStep(step, samples, experts, gates);
    }
}
