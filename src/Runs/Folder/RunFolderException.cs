namespace MoeOrleans.Runs.Folder;

/// <summary>A run's files cannot be written to a folder. The message is one line for the user.</summary>
/// <param name="message">The line.</param>
public sealed class RunFolderException(string message) : Exception(message);
