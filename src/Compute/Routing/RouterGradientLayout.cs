using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// Layout of the sums that a router computes over its samples, in one flat span: the gradient, experts x dim; and, with a load-balancing
/// loss, what it is computed from: the sum of the patch sums (dim) and of the noisy scores (experts); or, by Switch's, the sum of the
/// probabilities (experts).
/// </summary>
/// <param name="Experts">Number of experts M.</param>
/// <param name="Dim">Patch length d.</param>
/// <param name="Balance">The load-balancing loss whose sums the span has; null if there is none.</param>
internal sealed record RouterGradientLayout(int Experts, int Dim, BalanceKind? Balance)
{
    /// <summary>The layout of a specification.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="dim">Patch length d.</param>
    /// <returns>The layout; of dimension 0 if the gate is 1, since Theta has no gradient then.</returns>
    public static RouterGradientLayout Of(RunSpec spec, int dim) =>
        new(spec.Model.Experts, spec.Routing.Gate == GateKind.One ? 0 : dim, spec.Routing.LoadBalance > 0 ? spec.Routing.Balance : null);

    /// <summary>Elements of the gradient.</summary>
    public int GradientLength => Experts * Dim;

    /// <summary>Elements of the span.</summary>
    public int Length => GradientLength + Balance switch
    {
        BalanceKind.Scores => Dim + Experts,
        BalanceKind.Switch => Experts,
        _ => 0,
    };

    /// <summary>The sum of the patch sums.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="sums">The flat span.</param>
    public Span<T> PatchSum<T>(Span<T> sums) => sums.Slice(GradientLength, Dim);

    /// <summary>The sums of the noisy scores.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="sums">The flat span.</param>
    public Span<T> NoisyScores<T>(Span<T> sums) => sums.Slice(GradientLength + Dim, Experts);

    /// <summary>The sums of the probabilities, for Switch's loss.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="sums">The flat span.</param>
    public Span<T> Probabilities<T>(Span<T> sums) => sums.Slice(GradientLength, Experts);
}
