using System.Collections.Immutable;

namespace MoeOrleans.Compute.Data;

/// <summary>Lengths and times of the files of a folder of data, to see whether one was written to since.</summary>
internal sealed class DataFileStamps
{
    private readonly string _folder;
    private readonly ImmutableArray<(string File, long Length, DateTime Written)> _stamps;

    /// <param name="folder">The folder.</param>
    public DataFileStamps(string folder) => (_folder, _stamps) = (folder, Read(folder));

    /// <summary>Whether a file was written to, added or deleted since.</summary>
    public bool HaveChanged => !Read(_folder).SequenceEqual(_stamps);

    private static ImmutableArray<(string File, long Length, DateTime Written)> Read(string folder) =>
        [.. SampleForms.Files(folder).OrderBy(file => file.Name).Select(file => (file.Name, file.Length, file.LastWriteTimeUtc))];
}
