using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench;

/// <summary>Floating point operations of an expert, a fused multiply-add being two; activations and losses are not counted.</summary>
internal static class ExpertOperations
{
    /// <summary>Forward and backward of one sample.</summary>
    /// <param name="model">The expert.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static double PerSample(ModelSpec model, int dim, int patches)
    {
        if (model.Expert == ExpertKind.Cnn) return 2.0 * 2 * patches * model.Filters * model.Outputs * dim;
        // Both layers forward, both weights' gradients, and the hidden units'.
        var (hidden, output) = ((double)patches * dim * model.Hidden, (double)model.Hidden * model.Outputs);
        return 2 * ((2 * hidden) + (3 * output));
    }
}
