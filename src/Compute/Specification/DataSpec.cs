namespace MoeOrleans.Compute.Specification;

/// <summary>The paper's cluster data (section 3.1): every range, size and dimension is free.</summary>
public sealed record DataSpec
{
    /// <summary>The published setting the ranges started from: 1, 2, 3, 4 or theorem; a label.</summary>
    [Field("Published setting whose ranges the data starts from", Label = true, OneOf = ["1", "2", "3", "4", "theorem"])]
    public string Setting { get; init; } = "1";

    /// <summary>Seed of the data set alone, apart from the training seed: the published ten runs share one data set.</summary>
    [Field("Seed of the data set alone", Min = 0)]
    public long Seed { get; init; } = 1;

    /// <summary>Number of clusters K.</summary>
    [Field("Clusters K", Min = 2, Max = 4096)]
    public int Clusters { get; init; } = 4;

    /// <summary>Patch length d; at least twice the clusters, whose signals are orthonormal.</summary>
    [Field("Patch length d, at least twice the clusters", Min = 1, Max = 1_000_000)]
    public int Dim { get; init; } = 50;

    /// <summary>Patches a sample P: feature, centre, feature noise, and P - 3 of random noise.</summary>
    [Field("Patches a sample P: feature, centre, feature noise, P - 3 of random noise", Min = 3, Max = 65_536)]
    public int Patches { get; init; } = 4;

    /// <summary>Training samples.</summary>
    [Field("Training samples", Min = 1, Max = 100_000_000)]
    public int Train { get; init; } = 16_000;

    /// <summary>Test samples, drawn independently.</summary>
    [Field("Test samples", Min = 1, Max = 100_000_000)]
    public int Test { get; init; } = 16_000;

    /// <summary>Strength of the feature signal.</summary>
    [Field("Strength of the feature signal, uniform", Min = 0, Max = 1_000_000)]
    public UniformRange Alpha { get; init; } = new(0.5, 2);

    /// <summary>Strength of the cluster-centre signal.</summary>
    [Field("Strength of the cluster-centre signal, uniform", Min = 0, Max = 1_000_000)]
    public UniformRange Beta { get; init; } = new(1, 2);

    /// <summary>Strength of the feature noise.</summary>
    [Field("Strength of the feature noise, uniform", Min = 0, Max = 1_000_000)]
    public UniformRange Gamma { get; init; } = new(0.5, 3);

    /// <summary>Random noise: a noise patch is N(0, sigma^2 / d * I).</summary>
    [Field("Random noise: a noise patch is N(0, sigma^2 / dim)", Min = 0, Max = 1_000_000)]
    public double Sigma { get; init; } = 1;

    /// <summary>All of x is multiplied by this; 10 in the official data.</summary>
    [Field("Factor on every sample", Min = 0, Max = 1_000_000)]
    public double Scale { get; init; } = 10;
}
