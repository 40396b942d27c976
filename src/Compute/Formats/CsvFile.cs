using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using MoeOrleans.Compute.Specification;
using nietras.SeparatedValues;

namespace MoeOrleans.Compute.Formats;

/// <summary>CSV files with a header: a column of labels, and otherwise numbers. The separator is found in the header: a comma, a semicolon or a tab.</summary>
internal static class CsvFile
{
    private const int MostListed = 4;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">How labels are read.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, has no header, or has values that are not allowed.</exception>
    public static CsvTable Read(string path, CsvLabels wanted) => UnreadableFileException.Wrap(path, () =>
    {
        using var text = new BoundedLines(new StreamReader(RegularFile.Open(path)), path);
        // The header is read as a row, and rows are counted here: the reader's own exceptions are for programmers.
        using var reader = Sep.Reader(options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(text);
        return Read(reader, path, wanted);
    });

    /// <summary>Names of columns, for error lines.</summary>
    /// <param name="columns">The names.</param>
    public static string Listed(IReadOnlyList<string> columns) =>
        string.Join(", ", columns.Take(MostListed).Select(SpecField.Quote)) + (columns.Count > MostListed ? $" and {columns.Count - MostListed} more" : "");

    private static CsvTable Read(SepReader reader, string path, CsvLabels wanted)
    {
        var (columns, label) = (ImmutableArray<string>.Empty, -1);
        var (values, labels) = (new ArrayBufferWriter<float>(), new List<int>());
        foreach (var row in reader)
        {
            if (columns.IsEmpty)
            {
                columns = Header(row, path);
                label = LabelColumn(columns, wanted.Columns, path);
                continue;
            }

            if (row is { ColCount: 1 } && row[0].Span.IsWhiteSpace()) continue;
            var line = $"{path}: line {row.LineNumberFrom}";
            if (row.ColCount != columns.Length) throw new UnreadableFileException($"{line}: must have {columns.Length} columns, as the header, got {row.ColCount}");
            if ((long)values.WrittenCount + columns.Length > Array.MaxLength) throw new UnreadableFileException($"{path}: must hold at most {Array.MaxLength} numbers");
            var numbers = values.GetSpan(columns.Length);
            for (int column = 0, at = 0; column < columns.Length; column++)
            {
                if (column != label) numbers[at++] = Number(row[column].Span, line, columns[column]);
                else if (wanted.Max is not null) labels.Add(wanted.Read(row[column].Span, line, columns[column]));
            }

            values.Advance(columns.Length - (label < 0 ? 0 : 1));
        }

        if (values.WrittenCount == 0) throw new UnreadableFileException($"{path}: must have a header of column names, and at least one row below it");
        return label < 0
            ? new CsvTable(columns, values.WrittenSpan.ToArray(), null, null)
            : new CsvTable(columns.RemoveAt(label), values.WrittenSpan.ToArray(), columns[label], wanted.Max is null ? null : [.. labels]);
    }

    private static ImmutableArray<string> Header(SepReader.Row row, string path)
    {
        var names = ImmutableArray.CreateBuilder<string>(row.ColCount);
        for (var column = 0; column < row.ColCount; column++) names.Add(row[column].Span.Trim().ToString());
        var unnamed = names.IndexOf("");
        if (unnamed == 0 && names.Count > 1)
            throw new UnreadableFileException($"{path}: column 1 has no name, as the row numbers that pandas writes; leave them out with to_csv(..., index=False)");
        if (unnamed >= 0) throw new UnreadableFileException($"{path}: line 1 must be a header of column names, got none for column {unnamed + 1}");
        if (names.All(name => float.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            throw new UnreadableFileException($"{path}: line 1 must be a header of column names, got {Listed(names)}; add it");
        return names.MoveToImmutable();
    }

    private static int LabelColumn(ImmutableArray<string> columns, IReadOnlyList<string> names, string path)
    {
        int[] found = [.. Enumerable.Range(0, columns.Length).Where(column => names.Contains(columns[column], StringComparer.OrdinalIgnoreCase))];
        if (found.Length > 1) throw new UnreadableFileException($"{path}: must have one column of labels, got {Listed([.. found.Select(column => columns[column])])}; rename the others");
        if (found.Length == columns.Length) throw new UnreadableFileException($"{path}: must have at least one column of numbers next to {SpecField.Quote(columns[0])}");
        return found is [var label] ? label : -1;
    }

    private static float Number(ReadOnlySpan<char> text, string line, string column)
    {
        if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)) return value;
        var mend = text.IsWhiteSpace() ? "fill in what is missing, or leave the row out"
            : float.IsNaN(value) || float.IsInfinity(value) ? "numbers must be finite as float32; replace it, or leave the row out"
            : text.Count(',') == 1 ? "write decimals with a point"
            : "write texts as numbers first, such as with pandas.get_dummies";
        throw new UnreadableFileException($"{line}, column {SpecField.Quote(column)}: must be a number, got {SpecField.Quote(text.ToString())}; {mend}");
    }
}
