using System.Collections.Immutable;

namespace MoeOrleans.Cli.Views;

/// <summary>Lines about the user's data, on standard error.</summary>
internal static class DataNotes
{
    /// <summary>Says in one line what was converted; nothing if the files were taken as they are.</summary>
    /// <param name="option">The option that names the data.</param>
    /// <param name="conversions">What was converted.</param>
    public static void Converted(string option, ImmutableArray<string> conversions)
    {
        if (conversions.Length > 0) Consoles.Note($"{option}: converted {string.Join("; ", conversions)}");
    }
}
