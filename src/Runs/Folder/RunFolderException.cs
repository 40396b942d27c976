namespace MoeOrleans.Runs.Folder;

/// <summary>A folder that a run's files cannot be written to. The message is one line for the user.</summary>
/// <param name="message">The line.</param>
public sealed class RunFolderException(string message) : Exception(message);
