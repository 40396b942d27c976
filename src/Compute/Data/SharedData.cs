using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// A folder through which processes of one machine share generated data: one writes them there, all map them. So they are in memory once,
/// and in the cache that the cores share, however many processes compute with them.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class SharedData(string folder)
{
    private static readonly string[] s_sets = ["train", "test"];

    private readonly string _root = RootOf(folder);

    /// <summary>All that processes share in a folder is below this one, so that nothing else is ever deleted.</summary>
    /// <param name="folder">The folder.</param>
    public static string RootOf(string folder) => Path.Combine(folder, "moe-data");

    /// <summary>Makes the data, or maps those that another process has made; both have the same bits.</summary>
    /// <param name="spec">What they are.</param>
    public Dataset<float> Load(DataSpec spec)
    {
        // Of all that decides their bits, and of nothing else that varies.
        var path = Path.Combine(_root, SpecHash.Of(new RunSpec { Data = spec }));
        Dataset<float>? made = null;
        try
        {
            if (!Directory.Exists(path)) Publish(made = ClusterData.Generate<float>(spec), path);
            var (train, test) = (SampleFiles.Read(path, s_sets[0]), SampleFiles.Read(path, s_sets[1]));
            return new Dataset<float>(train.ToSamples(spec.Clusters), test.ToSamples(spec.Clusters), Signals.Draw(spec.Seed, spec.Clusters, spec.Dim));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or UnreadableFileException)
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
                if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
                if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another one is at it, or it is not this one's to delete.
            }
        }
    }

    private static void Publish(Dataset<float> data, string path)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}";
        Directory.CreateDirectory(draft);
        try
        {
            foreach (var (set, samples) in s_sets.Zip((Samples<float>[])[data.Train, data.Test])) SampleFiles.Write(draft, set, samples);
            Directory.Move(draft, path);
        }
        catch
        {
            Directory.Delete(draft, recursive: true);
            // Where another process was first, its data are the same.
            if (!Directory.Exists(path)) throw;
        }
    }
}
