using System.Collections.Immutable;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Runs.Comparison;

/// <summary>How a tensor of two runs differs.</summary>
/// <param name="Name">Such as experts.0.weight.</param>
/// <param name="ShapeA">Its shape in the first run; null if it has no such tensor.</param>
/// <param name="ShapeB">Its shape in the second run; null if it has no such tensor.</param>
/// <param name="Elements">Its elements; 0 if the shapes differ.</param>
/// <param name="Differing">Elements whose bits differ.</param>
/// <param name="Largest">Largest absolute difference of an element.</param>
internal sealed record TensorDifference(string Name, ImmutableArray<int>? ShapeA, ImmutableArray<int>? ShapeB, int Elements, int Differing, double Largest)
{
    /// <summary>Whether both runs have the tensor with the same bits.</summary>
    public bool AreEqual => SameShape && Differing == 0;

    /// <summary>Whether both runs have the tensor in the same shape.</summary>
    public bool SameShape => ShapeA is { } a && ShapeB is { } b && a.SequenceEqual(b);

    /// <summary>Compares all tensors of two runs.</summary>
    /// <param name="a">The first run's weights.</param>
    /// <param name="b">The second's.</param>
    internal static IReadOnlyList<TensorDifference> Between(MixtureWeights<float> a, MixtureWeights<float> b)
    {
        var others = b.Tensors().ToDictionary(tensor => tensor.Name);
        var differences = new List<TensorDifference>();
        foreach (var tensor in a.Tensors()) differences.Add(Of(tensor.Name, tensor, others.Remove(tensor.Name, out var other) ? other : null));
        differences.AddRange(others.Values.Select(other => Of(other.Name, null, other)));
        return differences;
    }

    private static TensorDifference Of(string name, NamedTensor<float>? a, NamedTensor<float>? b)
    {
        if (a is null || b is null || !a.Shape.SequenceEqual(b.Shape)) return new TensorDifference(name, a?.Shape, b?.Shape, 0, 0, 0);
        var (differing, largest) = (0, 0.0);
        for (var i = 0; i < a.Values.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(a.Values[i]) == BitConverter.SingleToInt32Bits(b.Values[i])) continue;
            differing++;
            largest = Math.Max(largest, Math.Abs((double)a.Values[i] - b.Values[i]));
        }

        return new TensorDifference(name, a.Shape, b.Shape, a.Values.Length, differing, largest);
    }
}
