using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoeOrleans.Reports.Findings;

/// <summary>The JSON form of findings, reproduce.json: camelCase names, enumerations too.</summary>
public static class FindingsJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // A run that diverged must not cost the others their report.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The findings as one JSON object, indented.</summary>
    /// <param name="findings">The findings.</param>
    public static string Write(ReproductionFindings findings) => JsonSerializer.Serialize(findings, s_options) + "\n";

    /// <summary>Reads findings.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it is from, a file's name: errors begin with it.</param>
    /// <exception cref="InvalidDataException">The text holds no findings of this version; the message is one line.</exception>
    public static ReproductionFindings Read(string json, string source)
    {
        try
        {
            var version = JsonSerializer.Deserialize<Versioned>(json, s_options)?.SchemaVersion;
            if (version != ReproductionFindings.CurrentSchemaVersion)
            {
                throw new InvalidDataException(
                    $"{source}: schemaVersion must be {ReproductionFindings.CurrentSchemaVersion}, got {version?.ToString() ?? "none"}; make the file again with moe reproduce");
            }

            return JsonSerializer.Deserialize<ReproductionFindings>(json, s_options)!;
        }
        catch (JsonException error)
        {
            var line = error.LineNumber is { } number ? $" line {number + 1}," : "";
            throw new InvalidDataException($"{source}:{line} the findings of a reproduction were expected; make the file again with moe reproduce", error);
        }
    }

    private sealed record Versioned(int? SchemaVersion = null);
}
