using System.Collections.Immutable;

namespace MoeOrleans.Compute.Specification;

/// <summary>Fields of a specification that contradict each other.</summary>
/// <param name="Paths">Paths of the fields that can be changed, such as model.bias.</param>
/// <param name="Error">One line for the user: what is wrong, what is allowed, what to do.</param>
public sealed record FieldConflict(ImmutableArray<string> Paths, string Error);

/// <summary>Size of an array that a run needs.</summary>
/// <param name="Paths">Paths of the two fields that decide most of it.</param>
/// <param name="What">What it holds and how its size comes about, for an error: "an expert, model.hidden x data.dim,".</param>
/// <param name="Length">Number of elements.</param>
public sealed record ArraySize(ImmutableArray<string> Paths, string What, long Length);
