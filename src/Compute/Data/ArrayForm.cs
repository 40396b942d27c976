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
        return inputs with { Labels = classes, Cluster = Has(set, "cluster") ? ReadClusters(set, inputs.Count) : null, Conversions = [.. inputs.Conversions, .. note is null ? [] : (string[])[note]] };
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

    private int[] ReadClusters(string set, int count)
    {
        using var array = Open(Name(set, "cluster"));
        return LabelArray.ReadClusters(array, count, Name(set, "x").Short);
    }
}
