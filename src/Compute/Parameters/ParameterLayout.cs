using System.Collections.Immutable;

namespace MoeOrleans.Compute.Parameters;

/// <summary>The tensors of an expert, one after the other in one flat array, so that a gradient is a single span.</summary>
/// <param name="Tensors">The tensors in order.</param>
/// <exception cref="ArgumentException">Two tensors have one name, one does not begin where the one before ends, or a shape has another number of elements.</exception>
public sealed record ParameterLayout(ImmutableArray<TensorLayout> Tensors)
{
    /// <summary>The tensors in order.</summary>
    public ImmutableArray<TensorLayout> Tensors { get; } = Checked(Tensors);

    /// <summary>Elements of the flat array, padding included.</summary>
    public int Length { get; } = Tensors.Sum(tensor => tensor.Length);

    /// <summary>Number of parameters, without padding.</summary>
    public int ElementCount { get; } = Tensors.Sum(tensor => tensor.ElementCount);

    // Kinds of expert from other assemblies make layouts too: a run with a wrong one would train, and its weights file could not be read.
    private static ImmutableArray<TensorLayout> Checked(ImmutableArray<TensorLayout> tensors)
    {
        var (names, next) = (new HashSet<string>(), 0);
        foreach (var tensor in tensors)
        {
            if (string.IsNullOrEmpty(tensor.Name) || !names.Add(tensor.Name)) throw new ArgumentException($"two tensors have the name '{tensor.Name}', or one has none", nameof(tensors));
            if (tensor.Offset != next) throw new ArgumentException($"tensor '{tensor.Name}' has offset {tensor.Offset} and must begin at {next}, where the tensors before it end", nameof(tensors));
            var elements = tensor.Shape.Aggregate(1L, (product, size) => product * size);
            if (elements != tensor.ElementCount)
                throw new ArgumentException($"tensor '{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}] of {elements} elements, but {tensor.Inputs} x {tensor.Outputs} inputs and outputs", nameof(tensors));
            next += tensor.Length;
        }

        return tensors;
    }
}
