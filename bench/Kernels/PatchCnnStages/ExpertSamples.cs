namespace MoeOrleans.Kernels.PatchCnnStages;

/// <summary>The samples of one expert in a full batch, and what their gradients depend on.</summary>
/// <param name="weights">Its weights.</param>
/// <param name="inputs">All samples of the data set.</param>
/// <param name="labels">Class of each of them.</param>
/// <param name="indexes">The samples of the expert, in order.</param>
/// <param name="gates">Gate of each.</param>
internal readonly ref struct ExpertSamples(
    ReadOnlySpan<float> weights, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<int> indexes, ReadOnlySpan<float> gates)
{
    public ReadOnlySpan<float> Weights { get; } = weights;

    public ReadOnlySpan<float> Inputs { get; } = inputs;

    public ReadOnlySpan<int> Labels { get; } = labels;

    public ReadOnlySpan<int> Indexes { get; } = indexes;

    public ReadOnlySpan<float> Gates { get; } = gates;
}
