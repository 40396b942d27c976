using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Losses;

/// <summary>Losses of eight samples and their gates' gradients.</summary>
/// <param name="Loss">The losses.</param>
/// <param name="GateGradient">d loss / d gate.</param>
/// <param name="Prediction">The predicted classes, as numbers.</param>
internal readonly record struct GatedLosses(Vector512<double> Loss, Vector512<double> GateGradient, Vector512<double> Prediction);
