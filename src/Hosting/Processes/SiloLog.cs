namespace MoeOrleans.Hosting.Processes;

/// <summary>The log of a silo process.</summary>
internal static class SiloLog
{
    /// <summary>What moe-silo writes in front of the line that says why it ends.</summary>
    public const string ReasonPrefix = "moe-silo: ";

    /// <summary>Why a silo ended, in its own words; null if it gave no reason.</summary>
    /// <param name="lines">The lines of its log.</param>
    public static string? Reason(IEnumerable<string> lines) =>
        lines.LastOrDefault(line => line.StartsWith(ReasonPrefix, StringComparison.Ordinal))?[ReasonPrefix.Length..];
}
