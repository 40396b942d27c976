using System.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>Expert and gate of the samples at a range of positions, by position within the range.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class RoutedSamples<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Allocates the arrays of a range.</summary>
    /// <param name="spec">The routing, whose gradient decides which arrays are needed.</param>
    /// <param name="count">Number of positions.</param>
    /// <param name="experts">Number of experts M.</param>
    public RoutedSamples(RoutingSpec spec, int count, int experts)
    {
        Experts = experts;
        Indexes = new int[count];
        Expert = new int[count];
        Gates = new T[count];
        if (spec.Gate == GateKind.Softmax) Probabilities = new double[count * experts];
        if (spec is { LoadBalance: > 0, Balance: BalanceKind.Scores }) NoisyScores = new T[count * experts];
    }

    /// <summary>Number of experts M.</summary>
    public int Experts { get; }

    /// <summary>Number of positions.</summary>
    public int Count => Indexes.Length;

    /// <summary>The sample at each position.</summary>
    public int[] Indexes { get; }

    /// <summary>The expert m* of each position.</summary>
    public int[] Expert { get; }

    /// <summary>The gate of each position.</summary>
    public T[] Gates { get; }

    /// <summary>Positions x experts: softmax of the scores; only with softmax gates.</summary>
    public double[]? Probabilities { get; }

    /// <summary>Positions x experts: the scores that chose the expert; only with the paper's load-balancing loss.</summary>
    public T[]? NoisyScores { get; }
}
