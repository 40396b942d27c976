namespace MoeOrleans.Compute.Data;

/// <summary>Finds out in which form files hold samples.</summary>
internal static class SampleForms
{
    /// <summary>The form of a folder: NumPy files if there is one of them, or if there is nothing else.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="sets">The sets that are needed: train, test.</param>
    /// <exception cref="DataFileException">The folder holds samples in more than one form.</exception>
    public static ISampleForm Of(string folder, params string[] sets)
    {
        var npy = new NpyForm(folder);
        if (HoldsAny(npy)) return npy;
        ISampleForm[] found = [.. Others(folder).Where(HoldsAny)];
        return found switch
        {
            [] => npy,
            [var single] => single,
            [var first, var second, ..] => throw new DataFileException($"{folder}: must hold samples in one form, got {FileOf(first)} and {FileOf(second)}; keep one of them"),
        };

        bool HoldsAny(ISampleForm form) => sets.Any(set => form.Has(set, "x") || form.Has(set, "y"));

        string FileOf(ISampleForm form) => Path.GetFileName((from set in sets from part in (string[])["x", "y"] where form.Has(set, part) select form.Name(set, part).Path).First());
    }

    /// <summary>The form of a file of inputs.</summary>
    /// <param name="path">The file.</param>
    public static ISampleForm OfFile(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => new CsvForm(_ => path),
        ".NPZ" => new NpzForm(path),
        _ => new SingleArrayForm(path),
    };

    /// <summary>The files of a folder that may hold samples.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<FileInfo> Files(string folder) =>
        !Directory.Exists(folder) ? [] : new DirectoryInfo(folder).EnumerateFiles().Where(file => file.Extension is ".npy" or ".npz" or ".csv" || file.Name == ClassNames.File || file.Name.Contains("ubyte", StringComparison.Ordinal));

    private static IEnumerable<ISampleForm> Others(string folder) =>
        [new IdxForm(folder), .. Directory.EnumerateFiles(folder, "*.npz").Order(StringComparer.Ordinal).Select(path => new NpzForm(path)), CsvForm.In(folder)];
}
