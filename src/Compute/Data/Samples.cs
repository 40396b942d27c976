using System.Numerics;

namespace MoeOrleans.Compute.Data;

/// <summary>A set of labelled samples, each of several patches of equal length.</summary>
/// <typeparam name="T">Element type of the inputs.</typeparam>
public sealed class Samples<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Keeps the arrays without a copy, checks their lengths and sums each sample's patches.</summary>
    /// <param name="patches">Patches a sample P.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="clusters">Number of clusters K; 1 if clusters are unknown.</param>
    /// <param name="inputs">Samples x patches x dim.</param>
    /// <param name="labels">Class of each sample, from 0.</param>
    /// <param name="cluster">Latent cluster of each sample, 0..K-1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public Samples(int patches, int dim, int clusters, ReadOnlyMemory<T> inputs, int[] labels, int[] cluster)
    {
        if (inputs.Length != (long)labels.Length * patches * dim || cluster.Length != labels.Length)
            throw new ArgumentException($"{labels.Length} labels, {cluster.Length} clusters and {inputs.Length} inputs do not make samples of {patches} x {dim}.");
        Patches = patches;
        Dim = dim;
        Clusters = clusters;
        Inputs = inputs;
        Labels = labels;
        Cluster = cluster;
        PatchSums = new T[(long)labels.Length * dim];
        for (var i = 0; i < labels.Length; i++) SumPatches(inputs.Span.Slice(i * patches * dim, patches * dim), PatchSums.AsSpan(i * dim, dim));
    }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>Patches a sample P.</summary>
    public int Patches { get; }

    /// <summary>Patch length d.</summary>
    public int Dim { get; }

    /// <summary>Number of clusters K.</summary>
    public int Clusters { get; }

    /// <summary>Samples x patches x dim; an array, or a mapped file.</summary>
    public ReadOnlyMemory<T> Inputs { get; }

    /// <summary>Class of each sample.</summary>
    public int[] Labels { get; }

    /// <summary>Latent cluster of each sample.</summary>
    public int[] Cluster { get; }

    /// <summary>Samples x dim: the sum of each sample's patches. The router needs no more, since its score is linear (paper, section 3.2).</summary>
    public T[] PatchSums { get; }

    private static void SumPatches(ReadOnlySpan<T> sample, Span<T> sum)
    {
        sample[..sum.Length].CopyTo(sum);
        for (var start = sum.Length; start < sample.Length; start += sum.Length)
        {
            for (var k = 0; k < sum.Length; k++) sum[k] += sample[start + k];
        }
    }
}
