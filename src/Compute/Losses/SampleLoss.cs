namespace MoeOrleans.Compute.Losses;

/// <summary>Loss and prediction of one sample.</summary>
/// <param name="Loss">The loss in nats.</param>
/// <param name="GateGradient">d loss / d gate.</param>
/// <param name="Prediction">The predicted class, from 0.</param>
internal readonly record struct SampleLoss(double Loss, double GateGradient, int Prediction);
