namespace MoeOrleans.Compute.Data;

/// <summary>Thrown if files hold no data to train on. The message is one line for the user: the file, what is wrong, what is expected.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class DataFileException(string message, Exception? inner = null) : Exception(message, inner);
