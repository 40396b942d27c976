namespace MoeOrleans.Coordinator.Output;

/// <summary>A file of a run that cannot be read. The message is one line for the user: the file, what is wrong with it.</summary>
/// <param name="message">The line.</param>
public sealed class RunFileException(string message) : Exception(message)
{
    /// <summary>Reads, and names the file where that fails.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads it.</param>
    internal static T Wrap<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunFileException($"{path}: no such file");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RunFileException($"{path}: cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
