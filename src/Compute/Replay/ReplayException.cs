namespace MoeOrleans.Compute.Replay;

/// <summary>A replay folder that cannot be replayed. The message is one line for the user: which file, what is wrong, what is expected.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it comes from, if anything.</param>
public sealed class ReplayException(string message, Exception? inner = null) : Exception(message, inner);
