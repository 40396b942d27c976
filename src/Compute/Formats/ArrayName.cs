namespace MoeOrleans.Compute.Formats;

/// <summary>The place of an array, for error lines: a file, or an entry of a .npz file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Entry">The entry of a .npz file; null for other files.</param>
internal sealed record ArrayName(string Path, string? Entry = null)
{
    /// <summary>The name without the folder.</summary>
    public string Short => Entry is null ? System.IO.Path.GetFileName(Path) : $"{System.IO.Path.GetFileName(Path)}: {Entry}";

    /// <summary>The line of NumPy that changes the array; empty if NumPy cannot load the file.</summary>
    /// <param name="method">What is done to the array, such as .astype('&lt;f4').</param>
    public string Mend(string method) => Entry is not null ? NumPyLine.ChangeEntry(Path, Entry, method) : Path.EndsWith(".npy", StringComparison.Ordinal) ? NumPyLine.Change(Path, method) : "";

    /// <inheritdoc/>
    public override string ToString() => Entry is null ? Path : $"{Path}: {Entry}";
}
