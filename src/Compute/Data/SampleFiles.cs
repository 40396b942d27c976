using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>The files of a set of samples, each checked alone and against the others.</summary>
/// <param name="Patches">Patches a sample P.</param>
/// <param name="Dim">Patch length d.</param>
/// <param name="Inputs">Samples x patches x dim, mapped.</param>
/// <param name="Labels">Class of each sample, from 0.</param>
/// <param name="Cluster">Cluster of each sample, or null if there is no such file.</param>
internal sealed record SampleFiles(int Patches, int Dim, ReadOnlyMemory<float> Inputs, int[] Labels, int[]? Cluster)
{
    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>One more than the largest cluster; 1 if clusters are unknown.</summary>
    public int Clusters => Cluster is null ? 1 : Cluster.Max() + 1;

    /// <summary>Path of a file of a set.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="set">train or test.</param>
    /// <param name="name">x, y or cluster.</param>
    public static string PathOf(string folder, string set, string name) => Path.Combine(folder, $"{set}_{name}.npy");

    /// <summary>Reads a set.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="set">train or test.</param>
    /// <exception cref="UnreadableFileException">A file cannot be read, or is malformed.</exception>
    /// <exception cref="DataFileException">A file has values that are not allowed.</exception>
    public static SampleFiles Read(string folder, string set)
    {
        var x = PathOf(folder, set, "x");
        var y = PathOf(folder, set, "y");
        var cluster = PathOf(folder, set, "cluster");
        var inputs = ReadInputs(x);
        return inputs with
        {
            Labels = Integers(y, x, inputs.Count, SpecFields.Find("model.outputs")!.Attribute.Max - 1, "labels"),
            Cluster = File.Exists(cluster) ? Integers(cluster, x, inputs.Count, SpecFields.Find("data.clusters")!.Attribute.Max - 1, "clusters") : null,
        };
    }

    /// <summary>Reads only inputs; the labels are 0.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is malformed.</exception>
    /// <exception cref="DataFileException">The file has values that are not allowed.</exception>
    public static SampleFiles ReadInputs(string path)
    {
        var map = NpyFile.Map<float>(path);
        if (map.Shape is not [> 0 and var count, > 0 and var patches, > 0 and var dim])
            throw new DataFileException($"{path}: shape must be (samples, patches, dim), none of them 0, got {Tuple(map.Shape)}{MendInputs(path, map.Shape)}");
        var values = map.Values.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i])) continue;
            var patch = i / dim;
            throw new DataFileException($"{path}: numbers must be finite, got {SpecField.Format((double)values[i])} in sample {patch / patches}, patch {patch % patches}, element {i % dim}");
        }

        return new SampleFiles(patches, dim, map.Values, new int[count], null);
    }

    /// <summary>Writes a set, with its clusters.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="set">train or test.</param>
    /// <param name="samples">The samples.</param>
    public static void Write(string folder, string set, Samples<float> samples)
    {
        NpyFile.Write(PathOf(folder, set, "x"), samples.Inputs.Span, samples.Count, samples.Patches, samples.Dim);
        NpyFile.Write<int>(PathOf(folder, set, "y"), samples.Labels, samples.Count);
        NpyFile.Write<int>(PathOf(folder, set, "cluster"), samples.Cluster, samples.Count);
    }

    /// <summary>The samples.</summary>
    /// <param name="clusters">Number of clusters K.</param>
    public Samples<float> ToSamples(int clusters) => new(Patches, Dim, clusters, Inputs, Labels, Cluster ?? new int[Count]);

    private static int[] Integers(string path, string inputs, int count, double max, string what)
    {
        var array = NpyFile.ReadIntegers(path);
        if (array.Shape is not [var length] || length != count)
            throw new DataFileException($"{path}: shape must be ({count},), one for each sample of {Path.GetFileName(inputs)}, got {Tuple(array.Shape)}{(array.Values.Length == count ? NumPyLine.Change(path, ".reshape(-1)") : "")}");
        var bad = Array.FindIndex(array.Values, value => value < 0 || value > max);
        return bad < 0 ? array.Values : throw new DataFileException($"{path}: {what} must be 0 to {SpecField.Format(max)}, got {array.Values[bad]} for sample {bad}");
    }

    private static string Tuple(ImmutableArray<int> shape) => NpyFileHeader.Tuple([.. shape.Select(size => (long)size)]);

    // A row of numbers is one patch; what has more than three sizes keeps its first two.
    private static string MendInputs(string path, ImmutableArray<int> shape) => shape switch
    {
        _ when shape.Contains(0) => "",
        [var count, var dim] => NumPyLine.Change(path, $".reshape({count}, 1, {dim})"),
        [var count, var patches, _, _, ..] => NumPyLine.Change(path, $".reshape({count}, {patches}, -1)"),
        _ => "",
    };
}
