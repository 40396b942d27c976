using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>Names of the classes: classes.txt in a folder of data has one a line, in the order of the classes. The specification keeps them as a label.</summary>
internal static class ClassNames
{
    /// <summary>The file's name.</summary>
    public const string File = "classes.txt";

    private const char Separator = '|';
    private const int MaxLength = 100;
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the names; none if there is no such file.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read.</exception>
    /// <exception cref="DataFileException">A line is no name of a class.</exception>
    public static ImmutableArray<string> Read(string folder)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path)) return [];
        string[] names = [.. RegularFile.ReadText(path, MaxBytes).TrimEnd().Split('\n').Select(line => line.Trim())];
        if (names.Length > LabelArray.MaxClass + 1) throw new DataFileException($"{path}: must have at most {LabelArray.MaxClass + 1} names, one a line, got {names.Length}");
        var seen = new HashSet<string>();
        foreach (var (index, name) in names.Index())
        {
            if (name.Length is 0 or > MaxLength || name.Contains(Separator) || name.Any(char.IsControl))
                throw new DataFileException($"{path}: line {index + 1} must be the name of class {index}, at most {MaxLength} characters without '{Separator}', got {SpecField.Quote(name)}");
            if (!seen.Add(name)) throw new DataFileException($"{path}: names must differ, got {SpecField.Quote(name)} again in line {index + 1}");
        }

        return [.. names];
    }

    /// <summary>Refuses fewer names than there are classes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="names">The names; none are always enough.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="DataFileException">There are too few names.</exception>
    public static void Check(string folder, ImmutableArray<string> names, int classes)
    {
        if (!names.IsEmpty && names.Length < classes)
            throw new DataFileException($"{Path.Combine(folder, File)}: must have {classes} names, one a line for each class from 0, got {names.Length}; add the others");
    }

    /// <summary>The text that the specification keeps.</summary>
    /// <param name="names">The names.</param>
    public static string Join(ImmutableArray<string> names) => string.Join(Separator, names);

    /// <summary>The names that a specification keeps; none if it has none.</summary>
    /// <param name="spec">The specification's data.</param>
    public static ImmutableArray<string> Of(DataSpec spec) => spec.ClassNames.Length == 0 ? [] : [.. spec.ClassNames.Split(Separator)];
}
