namespace MoeOrleans.Cli.Training;

/// <summary>The command was asked to end, and the run that it follows goes on. The message is one line.</summary>
/// <param name="message">The message.</param>
internal sealed class RunLeftException(string message) : OperationCanceledException(message);
