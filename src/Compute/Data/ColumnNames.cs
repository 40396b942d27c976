using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>Names of the inputs of a sample: the header of a CSV file. The specification keeps them as a label, so that a model refuses columns in another order.</summary>
internal static class ColumnNames
{
    private const char Separator = '|';
    private const string HashPrefix = "sha256:";

    // A wide table's names would hide the rest of the specification.
    private const int MaxLength = 2000;

    /// <summary>The text that the specification keeps: the names, or their hash if they are too long or hold what the text cannot.</summary>
    /// <param name="names">The names; none if the files have none.</param>
    public static string Join(ImmutableArray<string> names)
    {
        var text = string.Join(Separator, names);
        return text.Length <= MaxLength && !names.Any(name => name.Any(c => c == Separator || char.IsControl(c)))
            ? text
            : HashPrefix + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(names)));
    }

    /// <summary>Refuses columns that are not those of the training data in the same order. Where either has no names, there is nothing to compare.</summary>
    /// <param name="file">The file, for the error line.</param>
    /// <param name="names">Its columns.</param>
    /// <param name="trained">The specification's data.</param>
    /// <exception cref="DataFileException">The columns differ.</exception>
    public static void Check(ArrayName file, ImmutableArray<string> names, DataSpec trained)
    {
        if (names.IsEmpty || trained.Columns.Length == 0 || Join(names) == trained.Columns) return;
        if (trained.Columns.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            // Reading the samples refuses another number of columns, in a clearer line.
            if (names.Length != trained.Dim) return;
            throw new DataFileException($"{file}: columns must be those of the training data in the same order, as in '{trained.Path}', got others or another order; reorder or rename them");
        }

        var expected = trained.Columns.Split(Separator);
        var (got, mend) = Difference(expected, names);
        throw new DataFileException($"{file}: columns must be those of the training data in the same order, {CsvFile.Listed(expected)}, got {got}; {mend}: data.columns of the model's specification lists them");
    }

    private static (string Got, string Mend) Difference(string[] expected, ImmutableArray<string> names)
    {
        string[] missing = [.. expected.Except(names)];
        string[] surplus = [.. names.Except(expected)];
        if (missing.Length > 0 && surplus.Length > 0) return ($"{CsvFile.Listed(surplus)}, but none named {CsvFile.Listed(missing)}", "rename or replace them");
        if (missing.Length > 0) return ($"none named {CsvFile.Listed(missing)}", "add what is missing");
        if (surplus.Length > 0) return ($"{CsvFile.Listed(surplus)} too", "leave out the others");
        var other = Enumerable.Range(0, Math.Min(expected.Length, names.Length)).FirstOrDefault(i => expected[i] != names[i], -1);
        return other < 0 ? ($"{names.Length} columns instead of {expected.Length}", "leave out or add what is twice there") : ($"{SpecField.Quote(names[other])} where {SpecField.Quote(expected[other])} is", "reorder them");
    }
}
