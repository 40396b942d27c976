namespace MoeOrleans.Compute.Replay;

/// <summary>The largest error of its kind.</summary>
/// <param name="Error">How large; 0 where nothing differs.</param>
/// <param name="Tensor">Of what: "loss", or a tensor's name such as experts.0.weight.</param>
/// <param name="Step">At which step, or after the update of which step, from 0.</param>
public readonly record struct ReplayError(double Error, string Tensor, int Step);
