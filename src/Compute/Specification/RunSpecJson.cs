using System.Text;
using System.Text.Json;

namespace MoeOrleans.Compute.Specification;

/// <summary>The JSON form of a specification: camelCase keys and names, a range as [low, high].</summary>
public static class RunSpecJson
{
    /// <summary>Reads a specification. Fields that are missing have their recipe's and setting's values; unknown ones are refused.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it is from, a file's name: errors begin with it.</param>
    /// <exception cref="SpecificationException">The text is no valid specification.</exception>
    public static RunSpec Parse(string json, string source) => new SpecificationBuilder().AddJson(json, source).Build();

    /// <summary>Writes every field, indented, always in the same order; <see cref="Parse"/> gives back the same specification.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="SpecificationException">The specification is not valid.</exception>
    public static string Write(RunSpec spec)
    {
        RunSpecValidation.Validate(spec);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            WriteGroup(writer, spec, SpecFields.Of(spec, Presets.For(spec.Recipe, spec.Data.Setting, spec.Model.Kind, spec.Model.Activation, spec.Model.Expert)), "");
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    private static void WriteGroup(Utf8JsonWriter writer, RunSpec spec, IReadOnlyList<SpecField> fields, string group)
    {
        writer.WriteStartObject();
        foreach (var key in SpecFields.Keys(fields, group))
        {
            writer.WritePropertyName(key);
            var path = SpecFields.Join(group, key);
            if (SpecFields.Find(path) is not { } field) WriteGroup(writer, spec, fields, path);
            else if (field.IsText) writer.WriteStringValue(SpecField.Format(field.Get(spec)));
            else writer.WriteRawValue(SpecField.Format(field.Get(spec)));
        }

        writer.WriteEndObject();
    }
}
