using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>An array as a file holds it.</summary>
/// <param name="File">The file, and the entry of a .npz file.</param>
/// <param name="Type">NumPy's name of its type, or CSV.</param>
/// <param name="Shape">Its sizes.</param>
internal sealed record ArrayInfo(string File, string Type, ImmutableArray<int> Shape);
