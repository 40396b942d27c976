namespace MoeOrleans.Compute.Randomness;

/// <summary>
/// What a draw is for: streams of the same seed, independent of each other. The number is part of the counter and so
/// of the bits.
/// </summary>
public enum DrawPurpose : uint
{
    /// <summary>Initial weights of the experts.</summary>
    InitialWeights = 1,

    /// <summary>Router noise of a training step.</summary>
    RouterNoise = 2,

    /// <summary>Router noise that is kept for all steps and for testing.</summary>
    FixedRouterNoise = 3,

    /// <summary>The tiny normal draw that breaks ties where there is no noise.</summary>
    TieBreak = 4,

    /// <summary>Router noise of an evaluation.</summary>
    EvaluationNoise = 5,

    /// <summary>Order of the samples within an epoch.</summary>
    MinibatchOrder = 6,

    /// <summary>Feature and centre signals of the data set.</summary>
    Signals = 16,

    /// <summary>Training samples.</summary>
    TrainingSamples = 17,

    /// <summary>Test samples.</summary>
    TestSamples = 18,

    /// <summary>Quadruples of the swap test.</summary>
    SwapTest = 19,
}
