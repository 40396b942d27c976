using System.Security.Cryptography;
using System.Text;

namespace MoeOrleans.Compute.Specification;

/// <summary>Hash of everything that decides a run's bits: equal hashes mean equal results.</summary>
public static class SpecHash
{
    /// <summary>
    /// Lower-case SHA-256 of a JSON object of every field by its path and of the numerics version, sorted, without spaces.
    /// Labels are left out: the values they stand for are all there. So are fields without a meaning for this kind of data: those
    /// of files for generated data, ranges and seed for files; and those that were added later, at their default.
    /// </summary>
    /// <param name="spec">The specification.</param>
    public static string Of(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var files = spec.Data.Source == DataSource.Files;
        var defaults = new RunSpec();
        var fields = SpecFields.Of(spec).Where(f => !f.Attribute.Label && !(files ? f.Attribute.Generated : f.Attribute.OfFiles))
            .Where(f => !f.Attribute.IsLater || !Equals(f.Get(spec), f.Get(defaults)))
            .Select(f => (f.Path, Value: Json(f, spec)))
            .Append((Path: "numericsVersion", Value: SpecField.Format(NumericsVersion.Current)))
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => $"\"{f.Path}\":{f.Value}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{{{string.Join(',', fields)}}}")));
    }

    private static string Json(SpecField field, RunSpec spec)
    {
        var text = SpecField.Format(field.Get(spec)).Replace(" ", "", StringComparison.Ordinal);
        return field.IsText ? $"\"{text}\"" : text;
    }
}
