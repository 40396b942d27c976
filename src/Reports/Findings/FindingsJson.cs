using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoeOrleans.Reports.Findings;

/// <summary>The JSON form of findings, reproduce.json: camelCase names, also of enumeration values.</summary>
internal static class FindingsJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // A diverged run has NaN, and must not prevent the report of the others.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Writes the findings as one JSON object, indented.</summary>
    public static string Write(ReproductionFindings findings) => JsonSerializer.Serialize(findings, s_options) + "\n";

    /// <param name="json">The JSON text.</param>
    /// <param name="source">The file's name, with which errors begin.</param>
    /// <exception cref="InvalidDataException">The text holds no findings of this version; the message is one line.</exception>
    public static ReproductionFindings Read(string json, string source)
    {
        try
        {
            var version = JsonSerializer.Deserialize<Versioned>(json, s_options)?.SchemaVersion;
            if (version != ReproductionFindings.CurrentSchemaVersion)
            {
                throw new InvalidDataException(
                    $"{source}: schemaVersion must be {ReproductionFindings.CurrentSchemaVersion}, got {version?.ToString() ?? "none"}; write the file again with moe reproduce");
            }

            return JsonSerializer.Deserialize<ReproductionFindings>(json, s_options)!;
        }
        catch (JsonException error)
        {
            var line = error.LineNumber is { } number ? $" line {number + 1}," : "";
            throw new InvalidDataException($"{source}:{line} the findings of a reproduction were expected; write the file again with moe reproduce", error);
        }
    }

    private sealed record Versioned(int? SchemaVersion = null);
}
