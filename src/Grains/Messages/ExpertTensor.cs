namespace MoeOrleans.Grains.Messages;

/// <summary>The arrays of an expert's state.</summary>
internal enum ExpertTensor
{
    /// <summary>Flat parameters (storage layout).</summary>
    Weights = 0,

    /// <summary>State of the optimiser: momentum, or Adam's moments.</summary>
    OptimiserState = 1,

    /// <summary>Weights of the smallest loss so far.</summary>
    BestWeights = 2,
}
