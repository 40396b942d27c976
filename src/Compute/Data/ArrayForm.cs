using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>Samples in arrays: one of inputs, one of labels, and one of clusters if they are known.</summary>
internal abstract class ArrayForm : ISampleForm
{
    /// <inheritdoc/>
    public abstract ArrayName Name(string set, string part);

    /// <inheritdoc/>
    public abstract bool Has(string set, string part);

    /// <inheritdoc/>
    public SampleFiles Read(string set)
    {
        var inputs = ReadInputs(set);
        using var labels = Open(Name(set, "y"));
        var (classes, note) = LabelArray.ReadClasses(labels, inputs.Count, Name(set, "x").Short);
        var labelled = inputs with { Labels = classes, Arrays = inputs.Arrays.Add(labels.Info), Conversions = note is null ? inputs.Conversions : inputs.Conversions.Add(note) };
        if (!Has(set, "cluster")) return labelled;
        using var clusters = Open(Name(set, "cluster"));
        return labelled with { Cluster = LabelArray.ReadClusters(clusters, inputs.Count, Name(set, "x").Short), Arrays = labelled.Arrays.Add(clusters.Info) };
    }

    /// <inheritdoc/>
    public SampleFiles ReadInputs(string set)
    {
        using var array = Open(Name(set, "x"));
        return InputArray.Read(array);
    }

    /// <summary>Opens an array.</summary>
    /// <param name="name">Where it is.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is malformed.</exception>
    protected abstract NumberReader Open(ArrayName name);
}
