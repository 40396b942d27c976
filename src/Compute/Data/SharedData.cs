using System.Runtime.InteropServices;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// A folder through which processes of one machine share data that were generated, or converted from files: one process writes them, all map
/// them. So the data are in memory and in the shared cache only once.
/// </summary>
internal sealed class SharedData(string folder)
{
    private const string HashFile = "sha256";

    private static readonly string[] s_sets = ["train", "test", "val"];

    private readonly string _root = RootOf(folder);

    /// <summary>The folder below the given one that holds all shared data. Only this folder is ever deleted.</summary>
    public static string RootOf(string folder) => Path.Combine(folder, "moe-data");

    /// <summary>Why a folder cannot be used; null if it can.</summary>
    /// <param name="folder">A folder that exists.</param>
    public static string? Refusal(string folder)
    {
        if (OperatingSystem.IsWindows()) return null;
        // A user who can write there can change what every silo trains on.
        var others = File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        return others == UnixFileMode.None ? null : $"other users can write to '{folder.ReplaceLineEndings(" ")}'; use a folder of your own, or take the right away with chmod go-w";
    }

    /// <summary>Makes the data, or maps the data that another process has made. Both have the same bits.</summary>
    /// <param name="spec">What the data are.</param>
    /// <param name="make">Generates or reads the data.</param>
    public Dataset<float> Load(DataSpec spec, Func<Dataset<float>> make)
    {
        // The name has all fields that decide the data's bits, and no others: for files, the hash of what they hold.
        var path = Path.Combine(_root, SpecHash.Of(new RunSpec { Data = spec }));
        Dataset<float>? made = null;
        if (!Directory.Exists(path) && IsMapped(made = make())) return made;
        try
        {
            if (made is not null) Publish(made, path);
            var form = new NpyForm(path);
            var (train, test) = (form.Read(s_sets[0]), form.Read(s_sets[1]));
            var signals = spec.Source == DataSource.Clusters ? Signals.Draw(spec.Seed, spec.Clusters, spec.Dim) : null;
            var mapped = new Dataset<float>(train.ToSamples(spec.Clusters), test.ToSamples(spec.Clusters), signals)
            {
                Validation = spec.Validation == 0 ? null : form.Read(s_sets[2]).ToSamples(spec.Clusters),
            };
            if (File.ReadAllText(Path.Combine(path, HashFile)) == mapped.Sha256()) return mapped;
            return made ?? make();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or UnreadableFileException or DataFileException)
        {
            // The disk is full, the folder is gone or its files are damaged: this process then keeps its own data.
            return made ?? make();
        }
    }

    /// <summary>Deletes the shared data, and the folder if it is then empty. A process that still maps data keeps them.</summary>
    public void Clear()
    {
        // Processes that end at the same time call this at the same time.
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
                // Another process deletes it, or this user may not.
            }
        }
    }

    // Files of float32 are mapped by every process as they are.
    private static bool IsMapped(Dataset<float> data) =>
        ((Samples<float>?[])[data.Train, data.Test, data.Validation]).All(set => set is null || !MemoryMarshal.TryGetArray(set.Inputs, out _));

    private static void Publish(Dataset<float> data, string path)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}";
        Directory.CreateDirectory(draft);
        try
        {
            foreach (var (set, samples) in s_sets.Zip((Samples<float>?[])[data.Train, data.Test, data.Validation]))
            {
                if (samples is not null) SampleFiles.Write(draft, set, samples);
            }

            File.WriteAllText(Path.Combine(draft, HashFile), data.Sha256());
            Directory.Move(draft, path);
        }
        catch
        {
            Directory.Delete(draft, recursive: true);
            // If another process was first, its data have the same bits.
            if (!Directory.Exists(path)) throw;
        }
    }
}
