using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Writes results for scripts: JSON on one line, names in camelCase.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write<T>(T result) => Console.Out.WriteLine(Text(result));

    /// <summary>The text of a result.</summary>
    public static string Text<T>(T result) => JsonSerializer.Serialize(result, s_options);
}
