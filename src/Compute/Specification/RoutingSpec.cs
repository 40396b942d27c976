namespace MoeOrleans.Compute.Specification;

/// <summary>Noisy top-1 routing.</summary>
public sealed record RoutingSpec
{
    /// <summary>When the noise is drawn.</summary>
    public NoiseKind Noise { get; init; } = NoiseKind.Fresh;

    /// <summary>Whether the noise is added to the scores that choose the expert. Where it is not, N(0, 1e-5) breaks ties.</summary>
    public bool NoiseInArgmax { get; init; } = true;

    /// <summary>Whether the noise is part of a <see cref="GateKind.Score"/> gate.</summary>
    public bool NoiseInGate { get; init; } = true;

    /// <summary>What the chosen expert's output is multiplied by.</summary>
    public GateKind Gate { get; init; } = GateKind.Score;

    /// <summary>Coefficient of the load-balancing loss; 0 is off, as in the published tables.</summary>
    public double LoadBalance { get; init; }
}
