using System.Security.Cryptography;
using System.Text;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// Data from NumPy files in a folder: train_x.npy (samples x patches x dim, float32), train_y.npy (classes from 0, int32 or
/// int64), train_cluster.npy if clusters are known, and the same for test_. Inputs are mapped into memory, and every number
/// is checked.
/// </summary>
/// <param name="Data">The samples; their signals are unknown.</param>
/// <param name="Specification">A specification's fields for these files: path, hash and sizes.</param>
public sealed record FileData(Dataset<float> Data, DataSpec Specification)
{
    private const string Train = "train";
    private const string Test = "test";

    /// <summary>Number of classes: one more than the largest label.</summary>
    public int Classes => Math.Max(Data.Train.Labels.Max(), Data.Test.Labels.Max()) + 1;

    /// <summary>Classes that no training sample has, so no expert can learn them; empty if there are none.</summary>
    internal IEnumerable<int> UntrainedClasses => Enumerable.Range(0, Math.Max(2, Classes)).Except(Data.Train.Labels);

    /// <summary>Reads training and test samples.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DataFileException">A file is missing, malformed, has values that are not allowed, or does not fit the others.</exception>
    public static FileData Read(string folder) => Checked(folder, () =>
    {
        foreach (var set in (string[])[Train, Test])
        {
            foreach (var name in (string[])["x", "y"]) Require(folder, set, name, $"needs {Train}_x.npy, {Train}_y.npy, {Test}_x.npy and {Test}_y.npy");
        }

        var train = SampleFiles.Read(folder, Train);
        var test = SampleFiles.Read(folder, Test);
        if ((test.Patches, test.Dim) != (train.Patches, train.Dim))
            throw new DataFileException($"{SampleFiles.PathOf(folder, Test, "x")}: samples must be {train.Patches} x {train.Dim} (patches x dim), as those of {Train}_x.npy, got {test.Patches} x {test.Dim}{(test.Patches * test.Dim == train.Patches * train.Dim ? NumPyLine.Change(SampleFiles.PathOf(folder, Test, "x"), $".reshape(-1, {train.Patches}, {train.Dim})") : "")}");
        if (train.Cluster is null != test.Cluster is null)
        {
            var (present, absent) = train.Cluster is null ? (Test, Train) : (Train, Test);
            throw new DataFileException($"{SampleFiles.PathOf(folder, absent, "cluster")}: no such file, but there is {present}_cluster.npy; add it, or remove the other");
        }

        var clusters = Math.Max(train.Clusters, test.Clusters);
        var data = new Dataset<float>(train.ToSamples(clusters), test.ToSamples(clusters), null);
        return new FileData(data, new DataSpec
        {
            Source = DataSource.Files,
            Path = folder,
            Sha256 = Hash(train, test),
            Clusters = clusters,
            Dim = train.Dim,
            Patches = train.Patches,
            Train = train.Count,
            Test = test.Count,
        });
    });

    /// <summary>Reads only the test samples.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DataFileException">A file is missing, malformed, or has values that are not allowed.</exception>
    internal static Samples<float> ReadTest(string folder) => Checked(folder, () =>
    {
        foreach (var name in (string[])["x", "y"]) Require(folder, Test, name, $"needs {Test}_x.npy and {Test}_y.npy");
        var test = SampleFiles.Read(folder, Test);
        return test.ToSamples(test.Clusters);
    });

    /// <summary>Reads the inputs of samples whose classes are not known; all labels are 0.</summary>
    /// <param name="path">A file of samples x patches x dim, or a folder with test_x.npy.</param>
    /// <exception cref="DataFileException">The file is missing, malformed, or has values that are not allowed.</exception>
    internal static Samples<float> ReadInputs(string path)
    {
        if (File.Exists(path)) return Refused(() => SampleFiles.ReadInputs(path).ToSamples(1));
        if (!Directory.Exists(path)) throw new DataFileException($"{path}: no such file or folder");
        return Checked(path, () =>
        {
            Require(path, Test, "x", $"needs {Test}_x.npy");
            return SampleFiles.ReadInputs(SampleFiles.PathOf(path, Test, "x")).ToSamples(1);
        });
    }

    /// <summary>Reads the files of a specification and checks that they have not changed.</summary>
    /// <param name="spec">The specification's data.</param>
    /// <exception cref="DataFileException">The files are not valid, or do not match the specification.</exception>
    internal static Dataset<float> Read(DataSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (data, found) = Read(spec.Path);
        if (found.Sha256 != spec.Sha256)
            throw new DataFileException($"{spec.Path}: the files have changed: the SHA-256 of their content is {found.Sha256}, but the specification has {spec.Sha256}");
        return found == spec ? data : throw new DataFileException($"{spec.Path}: the files are not what the specification says: {Sizes(found)}, not {Sizes(spec)}");
    }

    private static string Sizes(DataSpec spec) => $"{spec.Train} + {spec.Test} samples of {spec.Patches} x {spec.Dim} in {spec.Clusters} clusters";

    private static void Require(string folder, string set, string name, string needs)
    {
        var path = SampleFiles.PathOf(folder, set, name);
        if (!File.Exists(path)) throw new DataFileException($"{path}: no such file; a folder of data {needs}");
    }

    private static T Checked<T>(string folder, Func<T> read)
    {
        if (File.Exists(folder)) throw new DataFileException($"{folder}: is a file; name the folder of the .npy files");
        return Directory.Exists(folder) ? Refused(read) : throw new DataFileException($"{folder}: no such folder");
    }

    private static T Refused<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnreadableFileException refusal)
        {
            throw new DataFileException(refusal.Message, refusal);
        }
    }

    /// <summary>Hashes the values, not their encoding: labels of int32 or int64 are the same data.</summary>
    private static string Hash(SampleFiles train, SampleFiles test)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (set, files) in new[] { (Train, train), (Test, test) })
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{set} {files.Count} {files.Patches} {files.Dim}{(files.Cluster is null ? "" : " clusters")}\n"));
            LittleEndian.AppendTo(hash, files.Inputs.Span);
            LittleEndian.AppendTo<int>(hash, files.Labels);
            LittleEndian.AppendTo<int>(hash, files.Cluster);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
