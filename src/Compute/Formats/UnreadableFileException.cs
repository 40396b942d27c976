namespace MoeOrleans.Compute.Formats;

/// <summary>Thrown if a file cannot be read or its content is not valid. The message is one line for the user: the file, what is wrong, what is expected.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class UnreadableFileException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Calls <paramref name="read"/>. If the system refuses, the exception names the file.</summary>
    /// <typeparam name="T">Type of the content.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads the content.</param>
    /// <returns>The content.</returns>
    /// <exception cref="UnreadableFileException">The file does not exist, or may not be read.</exception>
    public static T Wrap<T>(string path, Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UnreadableFileException($"{path}: no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UnreadableFileException($"{path}: cannot be read: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }
}
