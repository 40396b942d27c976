using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Formats;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Tensors">The tensors in the order of their data.</param>
/// <param name="Metadata">Keys and texts of the header's __metadata__.</param>
internal sealed record SafetensorsContent(IReadOnlyList<NamedTensor<float>> Tensors, IReadOnlyDictionary<string, string> Metadata);
