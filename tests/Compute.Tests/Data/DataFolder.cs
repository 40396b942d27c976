using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>A folder of data files of its own, deleted at the end.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-data-");

    public string Path => _folder.FullName;

    public string At(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Writes a data set as files.</summary>
    public DataFolder With(Dataset<float> data, bool clusters = true, bool wide = false)
    {
        foreach (var (set, samples) in new[] { ("train", data.Train), ("test", data.Test) })
        {
            NpyFile.Write(At($"{set}_x.npy"), samples.Inputs.Span, samples.Count, samples.Patches, samples.Dim);
            Integers($"{set}_y.npy", samples.Labels, wide);
            if (clusters) Integers($"{set}_cluster.npy", samples.Cluster, wide);
        }

        return this;
    }

    public void Integers(string file, int[] values, bool wide = false)
    {
        if (wide) NpyFile.Write<long>(At(file), Array.ConvertAll(values, value => (long)value), values.Length);
        else NpyFile.Write<int>(At(file), values, values.Length);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
