namespace MoeOrleans.Compute.Routing;

/// <summary>Purpose of routing samples, which decides the noise that is drawn.</summary>
internal enum RoutePurpose
{
    /// <summary>A training step, on training samples.</summary>
    Train = 0,

    /// <summary>An evaluation with noise, on test samples: one fresh draw, or the fixed one.</summary>
    Evaluate = 1,

    /// <summary>An evaluation without noise, on test samples.</summary>
    EvaluateWithoutNoise = 2,
}
