namespace MoeOrleans.Compute.Specification;

/// <summary>The uniform distribution U(<paramref name="Low"/>, <paramref name="High"/>); written as [low, high].</summary>
/// <param name="Low">Smallest value.</param>
/// <param name="High">Largest value, at least <paramref name="Low"/>.</param>
public readonly record struct UniformRange(double Low, double High);
