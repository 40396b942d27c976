using System.Collections.Immutable;

namespace MoeOrleans.Compute.Parameters;

/// <summary>A tensor in its form in files.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Name">Such as experts.0.weight.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Values">The elements, row by row.</param>
public sealed record NamedTensor<T>(string Name, ImmutableArray<int> Shape, T[] Values);
