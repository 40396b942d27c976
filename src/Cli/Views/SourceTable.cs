using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Views;

/// <summary>Where each value of a specification is from: 'moe spec --sources'.</summary>
internal static class SourceTable
{
    /// <summary>Writes a row for each field, without a frame, so that lines can be searched.</summary>
    /// <param name="sources">Fields, values and where they are from.</param>
    public static void Write(IEnumerable<(SpecField Field, object Value, string Source)> sources)
    {
        (string Path, string Value, string Source)[] rows = [("field", "value", "from"), .. sources.Select(row => (row.Field.Path, Text(row.Field, row.Value), row.Source))];
        var (paths, values) = (rows.Max(row => row.Path.Length), Math.Min(16, rows.Max(row => row.Value.Length)));
        foreach (var (path, value, source) in rows) Console.Out.WriteLine($"{path.PadRight(paths)}  {value.PadRight(values)}  {source}");
    }

    private static string Text(SpecField field, object value) => value is "" ? SpecField.EmptyText : SpecField.Format(value);
}
