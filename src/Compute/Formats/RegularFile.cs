namespace MoeOrleans.Compute.Formats;

/// <summary>Opens files that others have made. A pipe, a device or a file without end must not hold up or fill this process.</summary>
internal static class RegularFile
{
    // A specification, a summary or findings have some kilobytes.
    private const int MaxText = 1 << 24;

    /// <summary>Opens a file whose length is known.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">The path is not a regular file, or the file is empty.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path)) throw new UnreadableFileException($"{path}: is a folder; name a file");
        var file = new FileInfo(path);
        if (file.Exists && file.LinkTarget is not null) file = (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
        // Pipes and devices have no length. Opening a pipe would wait for a writer, so this is checked before.
        if (file is { Exists: true, Length: 0 }) throw NotRegular(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.CanSeek) return stream;
        stream.Dispose();
        throw NotRegular(path);
    }

    /// <summary>Reads a text file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The longest file that is read.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is not a regular file, or is too long.</exception>
    public static string ReadText(string path, long maxBytes = MaxText) => UnreadableFileException.Wrap(path, () =>
    {
        using var stream = Open(path);
        if (stream.Length > maxBytes) throw new UnreadableFileException($"{path}: must have at most {maxBytes} bytes, got {stream.Length}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    private static UnreadableFileException NotRegular(string path) => new($"{path}: must be a regular file with content; it is empty, a pipe or a device");
}
