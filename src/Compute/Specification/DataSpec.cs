namespace MoeOrleans.Compute.Specification;

/// <summary>
/// The paper's cluster data (section 3.1), whose every range, size and dimension is free; or data from files, whose sizes are
/// those of the files.
/// </summary>
public sealed record DataSpec
{
    /// <summary>Where the samples come from.</summary>
    [Field("Where the samples come from: made here, or NumPy files", OfFiles = true)]
    public DataSource Source { get; init; } = DataSource.Clusters;

    /// <summary>Folder of the files; a label, what they hold is told by <see cref="Sha256"/>. Empty for generated data.</summary>
    [Field("Folder of the files", Label = true, OfFiles = true, Pattern = @"\A\P{Cc}*\z", PatternMeaning = "the path of a folder")]
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of what the files hold; empty for generated data.</summary>
    [Field("SHA-256 of what the files hold; 'moe spec --data DIR' fills it in", Pattern = @"\A([0-9a-f]{64})?\z", PatternMeaning = "64 hexadecimal digits", OfFiles = true)]
    public string Sha256 { get; init; } = "";

    /// <summary>Names of the classes, separated by |; a label. Empty if they have none.</summary>
    [Field("Names of the classes, separated by |; those of classes.txt", Label = true, OfFiles = true, IsLater = true, IsOptional = true, Pattern = @"\A\P{Cc}*\z", PatternMeaning = "names separated by |")]
    public string ClassNames { get; init; } = "";

    /// <summary>Names of the columns of inputs, separated by |, or sha256: and their hash if they are long; a label. Empty if they have none.</summary>
    [Field("Names of the columns of CSV files, separated by |, or their hash; predictions refuse others", Label = true, OfFiles = true, IsLater = true, IsOptional = true, Pattern = @"\A\P{Cc}*\z", PatternMeaning = "names separated by |")]
    public string Columns { get; init; } = "";

    /// <summary>Whether each number of a sample has its training mean subtracted and is divided by its training deviation.</summary>
    [Field("Whether each number of a sample has its mean over the training set subtracted and is divided by its deviation", OfFiles = true, IsLater = true, IsOptional = true)]
    public bool Standardize { get; init; }

    /// <summary>The published setting the ranges started from: 1, 2, 3, 4 or theorem; a label.</summary>
    [Field("Published setting whose ranges the data starts from", Label = true, Generated = true, OneOf = ["1", "2", "3", "4", "theorem"])]
    public string Setting { get; init; } = "1";

    /// <summary>Seed of the data set alone, apart from the training seed: the published ten runs share one data set.</summary>
    [Field("Seed of the data set alone", Min = 0, Generated = true)]
    public long Seed { get; init; } = 1;

    /// <summary>Number of clusters K; 1 where the files name none.</summary>
    [Field("Clusters K, at least 2 for generated data", Min = 1, Max = 4096)]
    public int Clusters { get; init; } = 4;

    /// <summary>Patch length d; for generated data at least twice the clusters, whose signals are orthonormal.</summary>
    [Field("Patch length d, at least twice the clusters for generated data", Min = 1, Max = 1_000_000)]
    public int Dim { get; init; } = 50;

    /// <summary>Patches a sample P; generated data has feature, centre, feature noise, and P - 3 of random noise.</summary>
    [Field("Patches a sample P; generated: feature, centre, feature noise, P - 3 of random noise", Min = 1, Max = 65_536)]
    public int Patches { get; init; } = 4;

    /// <summary>Training samples.</summary>
    [Field("Training samples", Min = 1, Max = 100_000_000)]
    public int Train { get; init; } = 16_000;

    /// <summary>Test samples, drawn independently.</summary>
    [Field("Test samples", Min = 1, Max = 100_000_000)]
    public int Test { get; init; } = 16_000;

    /// <summary>
    /// Validation samples, which no step trains on; 0 for none. They are files of their own (<see cref="ValidationSha256"/>), or were held
    /// out of the training samples of the files, which <see cref="Train"/> does not count.
    /// </summary>
    [Field("Validation samples; from files of their own, or held out of the training samples", Min = 0, Max = 100_000_000, IsLater = true, IsOptional = true)]
    public int Validation { get; init; }

    /// <summary>SHA-256 of what the files of validation samples hold; empty if there are none.</summary>
    [Field("SHA-256 of what the files of validation samples hold, if there are any", Pattern = @"\A([0-9a-f]{64})?\z", PatternMeaning = "64 hexadecimal digits", OfFiles = true, IsLater = true, IsOptional = true)]
    public string ValidationSha256 { get; init; } = "";

    /// <summary>Strength of the feature signal.</summary>
    [Field("Strength of the feature signal, uniform", Min = 0, Max = 1_000_000, Generated = true)]
    public UniformRange Alpha { get; init; } = new(0.5, 2);

    /// <summary>Strength of the cluster-centre signal.</summary>
    [Field("Strength of the cluster-centre signal, uniform", Min = 0, Max = 1_000_000, Generated = true)]
    public UniformRange Beta { get; init; } = new(1, 2);

    /// <summary>Strength of the feature noise.</summary>
    [Field("Strength of the feature noise, uniform", Min = 0, Max = 1_000_000, Generated = true)]
    public UniformRange Gamma { get; init; } = new(0.5, 3);

    /// <summary>Random noise: a noise patch is N(0, sigma^2 / d * I).</summary>
    [Field("Random noise: a noise patch is N(0, sigma^2 / dim)", Min = 0, Max = 1_000_000, Generated = true)]
    public double Sigma { get; init; } = 1;

    /// <summary>All of x is multiplied by this; 10 in the official data.</summary>
    [Field("Factor on every sample", Min = 0, Max = 1_000_000, Generated = true)]
    public double Scale { get; init; } = 10;
}
