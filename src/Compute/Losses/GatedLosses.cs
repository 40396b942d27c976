using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Losses;

/// <summary>What the losses of eight samples give beside the outputs' gradients.</summary>
/// <param name="Loss">The losses.</param>
/// <param name="GateGradient">d loss / d gate.</param>
/// <param name="Prediction">The predicted classes, as numbers.</param>
internal readonly record struct GatedLosses(Vector512<double> Loss, Vector512<double> GateGradient, Vector512<double> Prediction);
