namespace MoeOrleans.Compute.Replay;

/// <summary>A replay folder that cannot be replayed. The message is one line for the user: which file, what is wrong, what is expected.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">The exception behind it, if any.</param>
internal sealed class ReplayException(string message, Exception? inner = null) : Exception(message, inner);
