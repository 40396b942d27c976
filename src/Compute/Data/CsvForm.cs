using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>A folder of train.csv and test.csv, or one CSV file: a header, a column of classes named label or class, and otherwise numbers.</summary>
/// <param name="pathOf">The file of a set.</param>
/// <param name="folder">Folder of the names of the classes; null for none.</param>
internal sealed class CsvForm(Func<string, string> pathOf, string? folder = null) : ISampleForm
{
    private static readonly string[] s_labels = ["label", "class"];

    /// <summary>train.csv and test.csv in a folder.</summary>
    /// <param name="folder">The folder.</param>
    public static CsvForm In(string folder) => new(set => Path.Combine(folder, $"{set}.csv"), folder);

    /// <inheritdoc/>
    public ArrayName Name(string set, string part) => new(pathOf(set));

    /// <inheritdoc/>
    public bool Has(string set, string part) => part is "x" or "y" && File.Exists(pathOf(set));

    /// <inheritdoc/>
    public SampleFiles Read(string set)
    {
        var names = folder is null ? [] : ClassNames.Read(folder);
        var samples = Samples(pathOf(set), CsvFile.Read(pathOf(set), new CsvLabels(s_labels, LabelArray.MaxClass, names)));
        return samples.IsLabelled ? samples : throw new DataFileException($"{pathOf(set)}: must have a column of classes from 0 named {s_labels[0]} or {s_labels[1]}, got {CsvFile.Listed(samples.Columns)}; rename it");
    }

    /// <inheritdoc/>
    public SampleFiles ReadInputs(string set) => Samples(pathOf(set), CsvFile.Read(pathOf(set), new CsvLabels(s_labels, null, [])));

    private static SampleFiles Samples(string path, CsvTable table)
    {
        var (rows, columns, file) = (table.Rows, table.Columns.Length, Path.GetFileName(path));
        var note = $"{file}: table ({rows}, {columns}){(table is { Label: { } label, Labels: not null } ? $" and classes in '{label}'" : "")} to 1 x {columns} (patches x dim) float32";
        return new SampleFiles(1, columns, table.Values, table.Labels ?? new int[rows], null)
        {
            IsLabelled = table.Labels is not null,
            Arrays = [new ArrayInfo(file, "CSV", [rows, columns + (table.Label is null ? 0 : 1)])],
            Columns = table.Columns,
            Conversions = [note],
        };
    }
}
