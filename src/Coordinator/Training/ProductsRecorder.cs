using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Training;

/// <summary>Records the products over training (paper, section 5.2), every few steps.</summary>
/// <param name="spec">The specification. Only generated data have known signals to multiply with.</param>
/// <param name="interval">Steps between records; 0 for none.</param>
internal sealed class ProductsRecorder(RunSpec spec, int interval)
{
    private readonly Lazy<Signals> _signals = new(() => Signals.Draw(spec.Data.Seed, spec.Data.Clusters, spec.Data.Dim));

    /// <summary>Whether products are recorded at all.</summary>
    public bool IsOn => interval > 0 && spec.Data.Source == DataSource.Clusters;

    /// <summary>Whether products are recorded before a step's update.</summary>
    /// <param name="step">The step.</param>
    public bool IsDue(long step) => IsOn && step % interval == 0;

    /// <summary>Records the products of the weights before a step's update.</summary>
    /// <param name="progress">Receives them.</param>
    /// <param name="step">The step.</param>
    /// <param name="weights">The weights.</param>
    public TrainingProgress Record(TrainingProgress progress, long step, RunWeights weights)
    {
        // If the last step made no update, the final weights are those of that step.
        if (progress.Products is [.., var last] && last.Step == step) return progress;
        return progress with { Products = progress.Products.Add(ProductsRecord.Of(step, Products.Of(weights.ToMixture(spec), _signals.Value))) };
    }
}
