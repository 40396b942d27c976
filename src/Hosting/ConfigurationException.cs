namespace MoeOrleans.Hosting;

/// <summary>
/// An option, a setting or something around the program that the user has to change. The message is one line: where, what is wrong, what
/// is allowed.
/// </summary>
/// <param name="message">The line.</param>
public class ConfigurationException(string message) : Exception(message);
