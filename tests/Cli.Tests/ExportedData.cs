using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Tests;

/// <summary>The data of <see cref="MoeProcess.SmallRun"/> as NumPy files.</summary>
internal static class ExportedData
{
    /// <summary>A run of these files that should have the bits of <see cref="MoeProcess.SmallRun"/>.</summary>
    public static readonly string[] SmallRun = ["train", "--data", "data", "--recipe", "reference", "--set", "training.block=64", "--steps", "10"];

    public static Dataset<float> Data { get; } = ClusterData.Generate<float>(new DataSpec { Train = 2000, Test = 500 });

    /// <summary>Writes the files to a folder of a workspace.</summary>
    public static void Write(Workspace workspace, bool clusters = true, string folder = "data")
    {
        Directory.CreateDirectory(workspace.At(folder));
        foreach (var (set, samples) in new[] { ("train", Data.Train), ("test", Data.Test) })
        {
            NpyFile.Write(workspace.At(folder, $"{set}_x.npy"), samples.Inputs.Span, samples.Count, samples.Patches, samples.Dim);
            NpyFile.Write<int>(workspace.At(folder, $"{set}_y.npy"), samples.Labels, samples.Count);
            if (clusters) NpyFile.Write<int>(workspace.At(folder, $"{set}_cluster.npy"), samples.Cluster, samples.Count);
        }
    }
}
