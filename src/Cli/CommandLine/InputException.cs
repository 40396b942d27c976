namespace MoeOrleans.Cli.CommandLine;

/// <summary>Input that the user has to mend. The message is one line: the option, what is wrong, what is valid.</summary>
internal sealed class InputException(string message) : Exception(message);
