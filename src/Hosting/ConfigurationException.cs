namespace MoeOrleans.Hosting;

/// <summary>A setting that the user has to mend, or something around the silo. The message is one line: where, what is wrong, what is valid.</summary>
/// <param name="message">The line.</param>
public sealed class ConfigurationException(string message) : Exception(message);
