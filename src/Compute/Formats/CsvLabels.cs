using System.Collections.Immutable;
using System.Globalization;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Formats;

/// <summary>How labels are read from a CSV file.</summary>
/// <param name="Columns">Names that the column has; case does not matter.</param>
/// <param name="Max">The largest label; null if labels are not read.</param>
/// <param name="Classes">Names that stand for labels from 0; none if labels are numbers.</param>
internal sealed record CsvLabels(IReadOnlyList<string> Columns, int? Max, ImmutableArray<string> Classes)
{
    /// <summary>Reads a label. Some programs write whole numbers as 3.0.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="line">File and line, for the error line.</param>
    /// <param name="column">The column, for the error line.</param>
    /// <exception cref="UnreadableFileException">The cell is no label.</exception>
    public int Read(ReadOnlySpan<char> text, string line, string column)
    {
        var trimmed = text.Trim();
        for (var c = 0; c < Classes.Length; c++)
        {
            if (trimmed.SequenceEqual(Classes[c])) return c;
        }

        if (double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 && value <= Max && value == (int)value) return (int)value;
        var (allowed, mend) = Classes.IsEmpty
            ? ("", "number the classes from 0, the same in both files, or list their names in classes.txt, one a line")
            : (" or a name of classes.txt", "add the name there, or correct it");
        throw new UnreadableFileException($"{line}, column {SpecField.Quote(column)}: must be a class from 0 to {Max}{allowed}, got {SpecField.Quote(text.ToString())}; {mend}");
    }
}
