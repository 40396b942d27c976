namespace MoeOrleans.Compute.Replay;

/// <summary>The largest error of its kind.</summary>
/// <param name="Error">Size of the error; 0 if nothing differs.</param>
/// <param name="Tensor">"loss", or a tensor's name such as experts.0.weight.</param>
/// <param name="Step">The step of the loss, or the step whose update changed the tensor, from 0.</param>
internal readonly record struct ReplayError(double Error, string Tensor, int Step);
