namespace MoeOrleans.Compute.Losses;

/// <summary>Loss of one sample.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="GateGradient">d loss / d gate.</param>
/// <param name="Prediction">The predicted class.</param>
public readonly record struct SampleLoss(double Loss, double GateGradient, int Prediction);
