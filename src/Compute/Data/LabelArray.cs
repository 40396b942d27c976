using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>Classes and clusters from an array of whole numbers; classes may also be one-hot rows of any type.</summary>
internal static class LabelArray
{
    /// <summary>The largest class.</summary>
    public static int MaxClass => (int)SpecFields.Find("model.outputs")!.Attribute.Max - 1;

    private static int MaxCluster => (int)SpecFields.Find("data.clusters")!.Attribute.Max - 1;

    /// <summary>Reads the class of each sample.</summary>
    /// <param name="array">The array.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="inputs">Name of the samples, for error lines.</param>
    /// <returns>The classes, and what was converted; null if nothing was.</returns>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is damaged.</exception>
    /// <exception cref="DataFileException">The array has another type, shape or values.</exception>
    public static (int[] Classes, string? Note) ReadClasses(NumberReader array, int count, string inputs)
    {
        var isColumn = array.Shape is [var rows, 1] && rows == count;
        if (!isColumn && array.Shape is [var samples, > 1 and var classes] && samples == count) return (OneHot(array, count, classes), $"{array.Name.Short}: one-hot {NpyFileHeader.Tuple(array.Shape)} to classes");
        return (Integers(array, isColumn ? [count] : array.Shape, count, MaxClass, "labels", inputs), isColumn ? $"{array.Name.Short}: {NpyFileHeader.Tuple(array.Shape)} to ({count},)" : null);
    }

    /// <summary>Reads the cluster of each sample.</summary>
    /// <param name="array">The array.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="inputs">Name of the samples, for error lines.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is damaged.</exception>
    /// <exception cref="DataFileException">The array has another type, shape or values.</exception>
    public static int[] ReadClusters(NumberReader array, int count, string inputs) => Integers(array, array.Shape, count, MaxCluster, "clusters", inputs);

    private static int[] Integers(NumberReader array, ImmutableArray<int> shape, int count, int max, string what, string inputs)
    {
        if (shape is not [var length] || length != count)
            throw new DataFileException($"{array.Name}: shape must be ({count},), one for each sample of {inputs}, got {NpyFileHeader.Tuple(array.Shape)}{(array.Count == count ? array.Name.Mend(".reshape(-1)") : "")}");
        if (!array.Type.IsInteger)
            throw new DataFileException($"{array.Name}: dtype must be of whole numbers, such as int64 ('<i8'), got {NpyHeaderReader.Described(array.Type.Descr)}{array.Name.Mend(".astype('<i8')")} if its numbers are whole");
        var values = array.Read<long>();
        var bad = Array.FindIndex(values, value => value < 0 || value > max);
        return bad < 0
            ? Array.ConvertAll(values, value => (int)value)
            : throw new DataFileException($"{array.Name}: {what} must be 0 to {max}, got {values[bad]} for sample {bad}; number them from 0, the same in both sets: numpy.searchsorted(numpy.unique(train_y), y) does");
    }

    private static int[] OneHot(NumberReader array, int count, int classes)
    {
        if (classes > MaxClass + 1) throw new DataFileException($"{array.Name}: one-hot labels must have at most {MaxClass + 1} columns, got {NpyFileHeader.Tuple(array.Shape)}");
        var values = array.Read<float>();
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            var row = values.AsSpan(i * classes, classes);
            labels[i] = row.IndexOf(1f);
            if (labels[i] < 0 || row.ContainsAnyExcept(0f, 1f) || row.Count(1f) > 1)
                throw new DataFileException($"{array.Name}: shape {NpyFileHeader.Tuple(array.Shape)} must be of one-hot labels: a 1 and otherwise 0 in each row, got another row for sample {i}{array.Name.Mend(".argmax(1)")} if the largest number marks the class");
        }

        return labels;
    }
}
