namespace MoeOrleans.Compute.Formats;

/// <summary>Bounds of compressed content, so that a file that lies about its size cannot cause a huge allocation.</summary>
internal static class Deflated
{
    // A block of deflate has at least one bit for each 258 bytes, and its code at least another.
    private const long MaxRatio = 1032;

    /// <summary>Refuses content that cannot come from so few bytes.</summary>
    /// <param name="name">The content, for error lines.</param>
    /// <param name="bytes">Bytes of the content, as the file says.</param>
    /// <param name="compressed">Bytes of the file.</param>
    /// <exception cref="UnreadableFileException">There are too few bytes.</exception>
    public static void Check(string name, long bytes, long compressed)
    {
        if (bytes > compressed * MaxRatio) throw new UnreadableFileException($"{name}: truncated: {bytes} bytes cannot be in {compressed} compressed bytes");
    }
}
