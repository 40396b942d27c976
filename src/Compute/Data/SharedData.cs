using System.Buffers;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// A folder through which processes of one machine share generated data: one writes them there, all map them. So they are in memory once,
/// and in the cache that the cores share, however many processes compute with them.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class SharedData(string folder)
{
    private const int HashLength = 64;

    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdef");
    private static readonly string[] s_sets = ["train", "test"];

    /// <summary>Makes the data, or maps those that another process has made; both have the same bits.</summary>
    /// <param name="spec">What they are.</param>
    public Dataset<float> Load(DataSpec spec)
    {
        // Of all that decides their bits, and of nothing else that varies.
        var path = Path.Combine(folder, SpecHash.Of(new RunSpec { Data = spec }));
        Dataset<float>? made = null;
        try
        {
            if (!Directory.Exists(path)) Publish(made = ClusterData.Generate<float>(spec), path);
            var (train, test) = (SampleFiles.Read(path, s_sets[0]), SampleFiles.Read(path, s_sets[1]));
            return new Dataset<float>(train.ToSamples(spec.Clusters), test.ToSamples(spec.Clusters), Signals.Draw(spec.Seed, spec.Clusters, spec.Dim));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NpyFileException)
        {
            // No space, or a folder that has gone: then they are this process's own, as where nothing is shared.
            return made ?? ClusterData.Generate<float>(spec);
        }
    }

    /// <summary>Deletes what processes have shared, and the folder where nothing else is in it. Whoever still maps data keeps them.</summary>
    public void Clear()
    {
        // Processes that end together do it together.
        for (var attempt = 0; attempt < 3 && Directory.Exists(folder); attempt++)
        {
            try
            {
                foreach (var data in Directory.GetDirectories(folder).Where(IsData)) Directory.Delete(data, recursive: true);
                if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another one is at it, or it is not this one's to delete.
            }
        }
    }

    /// <summary>Whether the folder is one of this class, finished or not: its name begins with a hash.</summary>
    private static bool IsData(string path) =>
        Path.GetFileName(path) is { Length: >= HashLength } name && name.AsSpan(0, HashLength).ContainsAnyExcept(s_hexadecimal) is false && (name.Length == HashLength || name[HashLength] == '.');

    private static void Publish(Dataset<float> data, string path)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}";
        Directory.CreateDirectory(draft);
        try
        {
            foreach (var (set, samples) in s_sets.Zip((Samples<float>[])[data.Train, data.Test])) SampleFiles.Write(draft, set, samples);
            Directory.Move(draft, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // Another process was first: its data are the same.
            Directory.Delete(draft, recursive: true);
        }
        catch
        {
            Directory.Delete(draft, recursive: true);
            throw;
        }
    }
}
