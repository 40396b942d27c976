namespace MoeOrleans.Compute.Data;

/// <summary>A .npy file that cannot be taken. The message is one line for the user: which file, what is wrong, what is expected.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it comes from, if anything.</param>
public sealed class NpyFileException(string message, Exception? inner = null) : Exception(message, inner);
