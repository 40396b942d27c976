namespace MoeOrleans.Compute.Specification;

/// <summary>Steps, minibatches, optimisers and the stop rule.</summary>
public sealed record TrainingSpec
{
    /// <summary>Seed of everything but the data: initial weights, noise, minibatch order.</summary>
    [Field("Seed of weights, noise and minibatch order", Min = 0)]
    public long Seed { get; init; } = 1;

    /// <summary>Steps at most.</summary>
    [Field("Steps at most", Min = 1, Max = 10_000_000)]
    public int Steps { get; init; } = 501;

    /// <summary>Samples a step; 0 is the full batch.</summary>
    [Field("Samples a step, 0 is the full batch", Min = 0, Max = 100_000_000)]
    public int Minibatch { get; init; }

    /// <summary>Positions a block, the leaf of the reduction tree. It decides the order of sums, so it is part of the bits.</summary>
    [Field("Positions a leaf, a power of two; if not given, what suits the kind and the number of experts", Min = 16, Max = 65_536)]
    public int Block { get; init; } = 256;

    /// <summary>Optimiser of every expert.</summary>
    public OptimiserSpec Expert { get; init; } = new() { Rate = 0.001, Normalise = NormKind.Sum };

    /// <summary>Optimiser of the router.</summary>
    public OptimiserSpec Router { get; init; } = new() { Rate = 0.1, Normalise = NormKind.None };

    /// <summary>How the rates of <see cref="Expert"/> and <see cref="Router"/> change from step to step.</summary>
    [Field("How both learning rates change over the steps", IsLater = true, IsOptional = true)]
    public ScheduleKind Schedule { get; init; }

    /// <summary>Steps of <see cref="ScheduleKind.WarmupCosine"/> in which the rate rises; 0 is a twentieth of all steps.</summary>
    [Field("warmup-cosine: steps in which the rate rises, 0 is a twentieth of all", Min = 0, Max = 10_000_000, IsLater = true, IsOptional = true)]
    public int Warmup { get; init; }

    /// <summary>Steps of <see cref="ScheduleKind.Step"/> between two reductions of the rate; 0 is a third of all steps.</summary>
    [Field("step: steps between two reductions of the rate, 0 is a third of all", Min = 0, Max = 10_000_000, IsLater = true, IsOptional = true)]
    public int DecayEvery { get; init; }

    /// <summary>What <see cref="ScheduleKind.Step"/> multiplies the rate by at each reduction.</summary>
    [Field("step: factor of a reduction of the rate", Min = 0, Max = 1, IsLater = true, IsOptional = true)]
    public double DecayFactor { get; init; } = 0.1;

    /// <summary>Weights file that training starts from; a label: <see cref="InitialWeightsSha256"/> says what it holds.</summary>
    [Field("Weights file that training starts from", Label = true, IsOptional = true, Pattern = @"\A\P{Cc}*\z", PatternMeaning = "the path of a file")]
    public string InitialWeights { get; init; } = "";

    /// <summary>SHA-256 of those weights, as in the summary of their run; empty if weights are drawn.</summary>
    [Field("SHA-256 of the weights that training starts from; --initial-weights FILE fills it in", IsLater = true, IsOptional = true, Pattern = @"\A([0-9a-f]{64})?\z", PatternMeaning = "64 hexadecimal digits")]
    public string InitialWeightsSha256 { get; init; } = "";

    /// <summary>When to stop before the last step.</summary>
    public StopSpec Stop { get; init; } = new();

    /// <summary>
    /// Whether the weights of the smallest training loss are kept beside the final ones, to be tested and written too. It
    /// changes no bit of the final weights.
    /// </summary>
    [Field("Whether the weights of the smallest training loss are kept and tested too")]
    public bool KeepBest { get; init; }

    /// <summary>What <see cref="KeepBest"/> goes by.</summary>
    [Field("keepBest: by the loss of the training steps, or of the validation samples", IsLater = true, IsOptional = true)]
    public KeepBestBy KeepBestBy { get; init; }

    /// <summary>
    /// Epochs, which are passes over the training set, between two evaluations of the validation and the test samples; 0 for none before the
    /// end. An evaluation changes no weight, but <see cref="KeepBestBy"/> and <see cref="EarlyStop"/> go by it.
    /// </summary>
    [Field("Epochs between evaluations of the validation and the test samples, 0 for none before the end", Min = 0, Max = 1_000_000, IsLater = true, IsOptional = true)]
    public int EvaluateEvery { get; init; }

    /// <summary>Evaluations in a row without a smaller validation loss that end training; 0 for no such limit.</summary>
    [Field("Evaluations without a smaller validation loss that end training, 0 for no limit", Min = 0, Max = 1_000_000, IsLater = true, IsOptional = true)]
    public int EarlyStop { get; init; }
}
