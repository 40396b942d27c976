using System.Collections.Immutable;
using System.IO.Compression;

namespace MoeOrleans.Compute.Formats;

/// <summary>NumPy's .npz files: a zip archive of .npy files, as numpy.savez and numpy.savez_compressed write it.</summary>
internal static class NpzFile
{
    private const string Extension = ".npy";

    /// <summary>Names of the arrays.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is no zip archive.</exception>
    public static ImmutableArray<string> Names(string path) => UnreadableFileException.Wrap<ImmutableArray<string>>(path, () =>
    {
        using var archive = Archive(path);
        return [.. archive.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).Select(name => name[..^Extension.Length])];
    });

    /// <summary>Opens an array.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Name of the array.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is malformed, or has no such array of numbers.</exception>
    public static NumberReader Open(string path, string name) => UnreadableFileException.Wrap(path, () =>
    {
        var archive = Archive(path);
        try
        {
            var array = new ArrayName(path, name);
            var entry = archive.GetEntry($"{name}{Extension}") ?? throw new UnreadableFileException($"{array}: no such array");
            Deflated.Check(array.ToString(), entry.Length, Math.Min(entry.CompressedLength, new FileInfo(path).Length));
            return NpyReader.Numbers(array, new BufferedStream(entry.Open()), entry.Length, archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    });

    private static ZipArchive Archive(string path)
    {
        var stream = RegularFile.Open(path);
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
