using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>The rows of a CSV file.</summary>
/// <param name="Columns">Names of the columns of numbers.</param>
/// <param name="Values">Rows x columns.</param>
/// <param name="Label">Name of the column of labels; null if there is none.</param>
/// <param name="Labels">Label of each row; null if there are none.</param>
internal sealed record CsvTable(ImmutableArray<string> Columns, float[] Values, string? Label, int[]? Labels)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Values.Length / Columns.Length;
}
