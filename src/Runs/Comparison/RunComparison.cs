using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Comparison;

/// <summary>How two finished runs differ: in their specifications, their curves and their final weights.</summary>
/// <param name="A">Summary of the first.</param>
/// <param name="B">Summary of the second.</param>
/// <param name="Specification">The fields that differ.</param>
/// <param name="Curves">Loss, accuracy and entropy over the steps.</param>
/// <param name="Tensors">The final weights, tensor by tensor.</param>
internal sealed record RunComparison(
    RunSummary A, RunSummary B, IReadOnlyList<FieldDifference> Specification, IReadOnlyList<CurveDifference> Curves, IReadOnlyList<TensorDifference> Tensors)
{
    /// <summary>Whether every step's loss, accuracy and entropy have the same bits.</summary>
    public bool EqualCurves => Curves.All(curve => curve.FirstStep is null);

    /// <summary>Whether the final weights have the same bits.</summary>
    public bool EqualWeights => Tensors.All(tensor => tensor.AreEqual);

    /// <summary>Whether curves and weights have the same bits.</summary>
    public bool EqualBits => EqualCurves && EqualWeights;

    /// <summary>Compares two runs.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    public static RunComparison Of(SavedRun a, SavedRun b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var (x, y) = (a.Record.Steps, b.Record.Steps);
        return new RunComparison(
            a.Record.Summary,
            b.Record.Summary,
            FieldDifference.Between(a.Spec, b.Spec),
            [
                CurveDifference.Of("loss", step => step.Loss, x, y),
                CurveDifference.Of("accuracy", step => step.Accuracy, x, y),
                CurveDifference.Of("entropy", step => step.Entropy, x, y),
            ],
            TensorDifference.Between(a.Weights, b.Weights));
    }
}
