namespace MoeOrleans.Compute.Data;

/// <summary>Files that are no data to train on. The message is one line for the user: where, what is wrong, what is expected.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it comes from, if anything.</param>
public sealed class DataFileException(string message, Exception? inner = null) : Exception(message, inner);
