namespace MoeOrleans.Runs.Folder;

/// <summary>A run's files are complete, but not in the folder that was asked for. The message is one line and says where they are.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">The exception behind it, if any.</param>
internal sealed class FilesElsewhereException(string message, Exception? inner = null) : IOException(message, inner);
