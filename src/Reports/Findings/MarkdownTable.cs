using System.Text;

namespace MoeOrleans.Reports.Findings;

internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    /// <summary>The rows, each with a cell for each column.</summary>
    public IReadOnlyList<string[]> Rows => _rows;

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"A row of {columns.Length} cells was expected, got {cells.Length}.", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>The table, each row on a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Line(columns)).Append(Line([.. columns.Select(_ => "---")]));
        foreach (var row in _rows) text.Append(Line(row));
        return text.ToString();
    }

    // A bar would end the cell.
    private static string Line(string[] cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
}
