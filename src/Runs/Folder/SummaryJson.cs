using System.Text.Json;
using System.Text.Json.Serialization;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Folder;

/// <summary>The JSON form of a run's summary: camelCase names, enumerations too.</summary>
internal static class SummaryJson
{
    private static readonly JsonSerializerOptions s_compact = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // A number that is not finite must not cost a long run its output.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly JsonSerializerOptions s_indented = new(s_compact) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The summary as one JSON object.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="indented">Whether it is written over several lines.</param>
    public static string Write(RunSummary summary, bool indented) => JsonSerializer.Serialize(summary, indented ? s_indented : s_compact);
}
