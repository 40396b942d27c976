namespace MoeOrleans.Compute.Specification;

/// <summary>Noisy top-1 routing.</summary>
public sealed record RoutingSpec
{
    /// <summary>When the noise is drawn.</summary>
    [Field("Router noise: fresh each step, fixed for the run, or off (only breaks ties)")]
    public NoiseKind Noise { get; init; } = NoiseKind.Fresh;

    /// <summary>Whether the noise is added to the scores that choose the expert. Where it is not, N(0, 1e-5) breaks ties.</summary>
    [Field("Whether the noise helps to choose the expert")]
    public bool NoiseInArgmax { get; init; } = true;

    /// <summary>Whether the noise is part of a <see cref="GateKind.Score"/> gate.</summary>
    [Field("Whether the noise is part of a score gate; a softmax gate has none")]
    public bool NoiseInGate { get; init; } = true;

    /// <summary>What the chosen expert's output is multiplied by.</summary>
    [Field("What the chosen expert's output is multiplied by")]
    public GateKind Gate { get; init; } = GateKind.Score;

    /// <summary>Coefficient of the load-balancing loss; 0 is off, as in the published tables.</summary>
    [Field("Coefficient of the load-balancing loss, 0 is off", Min = 0, Max = 1e30)]
    public double LoadBalance { get; init; }

    /// <summary>The load-balancing loss that <see cref="LoadBalance"/> is the coefficient of.</summary>
    [Field("Load-balancing loss: scores (the paper's, no lower bound), or switch (of probabilities, bounded)", IsLater = true, IsOptional = true)]
    public BalanceKind Balance { get; init; }

    /// <summary>Folder of a recording whose experts replace the router's choice; a label: <see cref="ReplaySha256"/> says what the folder holds.</summary>
    [Field("Folder of a recording whose experts replace the router's choice", Label = true, IsOptional = true, Pattern = @"\A\P{Cc}*\z", PatternMeaning = "the path of a folder")]
    public string ReplayPath { get; init; } = "";

    /// <summary>SHA-256 of the recording; empty if the router chooses.</summary>
    [Field("SHA-256 of the recording; --replay-routing DIR fills it in", IsLater = true, IsOptional = true, Pattern = @"\A([0-9a-f]{64})?\z", PatternMeaning = "64 hexadecimal digits")]
    public string ReplaySha256 { get; init; } = "";
}
