using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>A set of samples from files, each checked alone and against the others.</summary>
/// <param name="Patches">Patches a sample P.</param>
/// <param name="Dim">Patch length d.</param>
/// <param name="Inputs">Samples x patches x dim; mapped if the file has them so.</param>
/// <param name="Labels">Class of each sample, from 0.</param>
/// <param name="Cluster">Cluster of each sample, or null if they are unknown.</param>
internal sealed record SampleFiles(int Patches, int Dim, ReadOnlyMemory<float> Inputs, int[] Labels, int[]? Cluster)
{
    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>One more than the largest cluster; 1 if clusters are unknown.</summary>
    public int Clusters => Cluster is null ? 1 : Cluster.Max() + 1;

    /// <summary>Whether the labels come from the files.</summary>
    public bool IsLabelled { get; init; } = true;

    /// <summary>The labels, or null if they do not come from the files.</summary>
    public int[]? KnownLabels => IsLabelled ? Labels : null;

    /// <summary>The arrays that the samples come from.</summary>
    public ImmutableArray<ArrayInfo> Arrays { get; init; } = [];

    /// <summary>Names of the inputs; empty if the files have none.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>What was converted, for the user; empty if the files were taken as they are.</summary>
    public ImmutableArray<string> Conversions { get; init; } = [];

    /// <summary>Writes a set as NumPy files, with its clusters.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="set">train, test or val.</param>
    /// <param name="samples">The samples.</param>
    public static void Write(string folder, string set, Samples<float> samples)
    {
        var form = new NpyForm(folder);
        NpyFile.Write(form.Name(set, "x").Path, samples.Inputs.Span, samples.Count, samples.Patches, samples.Dim);
        NpyFile.Write<int>(form.Name(set, "y").Path, samples.Labels, samples.Count);
        NpyFile.Write<int>(form.Name(set, "cluster").Path, samples.Cluster, samples.Count);
    }

    /// <summary>The samples.</summary>
    /// <param name="clusters">Number of clusters K.</param>
    public Samples<float> ToSamples(int clusters) => new(Patches, Dim, clusters, Inputs, Labels, Cluster ?? new int[Count]);
}
