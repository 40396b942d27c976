using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>Tables as the views draw them.</summary>
internal static class Tables
{
    /// <summary>An empty table.</summary>
    /// <param name="plain">Whether the output is plain ASCII.</param>
    /// <param name="texts">Titles of the columns of texts, which come first.</param>
    /// <param name="numbers">Titles of the columns of numbers.</param>
    public static Table Create(bool plain, IEnumerable<string> texts, params IEnumerable<string> numbers)
    {
        var table = new Table { Border = plain ? TableBorder.Ascii2 : TableBorder.Rounded };
        foreach (var title in texts) table.AddColumn(title);
        foreach (var title in numbers) table.AddColumn(new TableColumn(title).RightAligned());
        return table;
    }
}
