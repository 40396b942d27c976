using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Formats;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">The tensors in the order of their data.</param>
/// <param name="Metadata">The texts of the header's __metadata__.</param>
public sealed record SafetensorsContent(IReadOnlyList<NamedTensor<float>> Tensors, IReadOnlyDictionary<string, string> Metadata);
