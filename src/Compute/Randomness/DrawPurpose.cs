namespace MoeOrleans.Compute.Randomness;

/// <summary>
/// Purposes of draws. Each purpose is an independent stream of a seed. The number is part of the counter, so it decides bits.
/// </summary>
internal enum DrawPurpose : uint
{
    /// <summary>Initial weights of the experts.</summary>
    InitialWeights = 1,

    /// <summary>Router noise of a training step.</summary>
    RouterNoise = 2,

    /// <summary>Router noise that is drawn once, for all steps and for tests.</summary>
    FixedRouterNoise = 3,

    /// <summary>The tiny normal draw that breaks ties without noise.</summary>
    TieBreak = 4,

    /// <summary>Router noise of an evaluation.</summary>
    EvaluationNoise = 5,

    /// <summary>Order of the samples within an epoch.</summary>
    MinibatchOrder = 6,

    /// <summary>Feature and centre signals of the data set.</summary>
    Signals = 16,

    TrainingSamples = 17,

    TestSamples = 18,

    /// <summary>Quadruples of the swap test.</summary>
    SwapTest = 19,

    /// <summary>Which samples of files are held out for validation.</summary>
    ValidationSplit = 20,
}
