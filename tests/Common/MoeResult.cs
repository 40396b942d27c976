using System.Text.Json;

namespace MoeOrleans.Tests;

/// <summary>What a command left on its streams.</summary>
internal sealed record MoeResult(int ExitCode, string Output, string[] Errors)
{
    /// <summary>Standard output as one JSON value; fails where there is anything else.</summary>
    public JsonElement Json
    {
        get
        {
            ExitCode.ShouldBeOneOf([0, 130], string.Join('\n', Errors));
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }
}
