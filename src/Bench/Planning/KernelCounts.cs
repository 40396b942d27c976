using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench.Planning;

/// <summary>How often the parts of the kernels occur in a step: constants are fitted to these counts, and plans are made of them.</summary>
internal static class KernelCounts
{
    /// <summary>Forward, loss and backward of one expert in one shard.</summary>
    /// <param name="step">The step.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="expert">The expert.</param>
    public static ExpertCounts Expert(PlannedStep step, int shard, int expert)
    {
        var (model, data, planned) = (step.Spec.Model, step.Spec.Data, step.Shards[shard]);
        var samples = planned.Samples * step.Loads[expert];
        // Blocks without samples of the expert cost nothing.
        var blocks = planned.Range.Count * (1 - Math.Pow(1 - step.Loads[expert], (double)planned.Samples / planned.Range.Count));
        return new(samples * ExpertKinds.Of(model).OperationsPerSample(model, data.Dim, data.Patches), samples * Units(model, data), samples, blocks * step.Parameters, samples * step.RowLength);
    }

    /// <summary>Scores, noise, choice, gates, grouping and gradient of one shard.</summary>
    public static RouterCounts Router(PlannedStep step, int shard)
    {
        var (samples, dim, softmax) = ((double)step.Shards[shard].Samples, step.Spec.Data.Dim, step.Spec.Routing.Gate == GateKind.Softmax);
        // Scores are computed for whole vectors of experts.
        var scores = samples * ((step.Experts + 7) / 8 * 8);
        var rows = step.Router.Dim == 0 ? 0 : softmax ? step.Experts : 1;
        if (step.Router.Balance == BalanceKind.Scores) rows += 1 + (step.Experts / Math.Max(1, dim));
        return new(2 * scores * dim, scores, softmax ? samples * step.Experts : 0, samples, samples * dim, samples * 2 * dim * rows, (double)step.Shards[shard].Range.Count * step.Router.Length);
    }

    /// <summary>Units whose activation one sample computes; 0 if the kind of expert is not known here.</summary>
    private static double Units(ModelSpec model, DataSpec data) => model.Options switch
    {
        PatchCnnOptions cnn => (double)data.Patches * cnn.Filters * model.Outputs,
        MlpOptions mlp => mlp.Hidden,
        _ => 0,
    };
}

/// <summary>Counts of an expert's kernel.</summary>
/// <param name="Operations">Floating point operations.</param>
/// <param name="Units">Activations.</param>
/// <param name="Samples">Samples.</param>
/// <param name="BlockParameters">Weights, for each block with samples of the expert.</param>
/// <param name="Numbers">Numbers of the samples' rows, which come from memory.</param>
internal readonly record struct ExpertCounts(double Operations, double Units, double Samples, double BlockParameters, double Numbers)
{
    public static ExpertCounts operator +(ExpertCounts a, ExpertCounts b) =>
        new(a.Operations + b.Operations, a.Units + b.Units, a.Samples + b.Samples, a.BlockParameters + b.BlockParameters, a.Numbers + b.Numbers);

    /// <summary>Nanoseconds.</summary>
    /// <param name="costs">The machine's costs.</param>
    /// <param name="activation">Name of the activation. One that was not measured costs as much as the dearest.</param>
    public double Nanoseconds(ExpertConstants costs, string activation) =>
        (Operations * costs.PerOperation) + (Samples * costs.PerSample) + (BlockParameters * costs.PerParameter) + (Numbers * costs.PerNumber)
        + (Units * (costs.Activations.TryGetValue(activation, out var cost) ? cost : costs.Activations.Values.DefaultIfEmpty().Max()));
}

/// <summary>Counts of a router's kernels.</summary>
/// <param name="ScoreOperations">Operations of the scores.</param>
/// <param name="Noises">Noise and comparison of a score.</param>
/// <param name="Probabilities">Probabilities of a softmax gate.</param>
/// <param name="Samples">Samples.</param>
/// <param name="Numbers">Numbers of the sums of patches, which come from memory.</param>
/// <param name="GradientOperations">Operations of the gradient.</param>
/// <param name="Sums">Numbers of the sums, for each block.</param>
internal readonly record struct RouterCounts(double ScoreOperations, double Noises, double Probabilities, double Samples, double Numbers, double GradientOperations, double Sums)
{
    /// <summary>Nanoseconds until the samples are dispatched.</summary>
    public double RouteNanoseconds(RouterConstants costs) =>
        (ScoreOperations * costs.PerScoreOperation) + (Noises * costs.PerNoise) + (Probabilities * costs.PerProbability) + (Samples * costs.PerSample)
        + (Numbers * costs.PerNumber);

    /// <summary>Nanoseconds of the gradient, after the experts have replied.</summary>
    public double GradientNanoseconds(RouterConstants costs) => (GradientOperations * costs.PerGradientOperation) + (Sums * costs.PerSum);
}
