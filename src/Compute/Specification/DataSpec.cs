namespace MoeOrleans.Compute.Specification;

/// <summary>The paper's cluster data (section 3.1): every range, size and dimension is free.</summary>
public sealed record DataSpec
{
    /// <summary>The published setting the ranges started from: 1, 2, 3, 4 or theorem; a label.</summary>
    public string Setting { get; init; } = "1";

    /// <summary>Seed of the data set alone, apart from the training seed: the published ten runs share one data set.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Number of clusters K.</summary>
    public int Clusters { get; init; } = 4;

    /// <summary>Patch length d; at least twice the clusters, whose signals are orthonormal.</summary>
    public int Dim { get; init; } = 50;

    /// <summary>Patches a sample P: feature, centre, feature noise, and P - 3 of random noise.</summary>
    public int Patches { get; init; } = 4;

    /// <summary>Training samples.</summary>
    public int Train { get; init; } = 16_000;

    /// <summary>Test samples, drawn independently.</summary>
    public int Test { get; init; } = 16_000;

    /// <summary>Strength of the feature signal.</summary>
    public UniformRange Alpha { get; init; } = new(0.5, 2);

    /// <summary>Strength of the cluster-centre signal.</summary>
    public UniformRange Beta { get; init; } = new(1, 2);

    /// <summary>Strength of the feature noise.</summary>
    public UniformRange Gamma { get; init; } = new(0.5, 3);

    /// <summary>Random noise: a noise patch is N(0, sigma^2 / d * I).</summary>
    public double Sigma { get; init; } = 1;

    /// <summary>All of x is multiplied by this; 10 in the official data.</summary>
    public double Scale { get; init; } = 10;
}
