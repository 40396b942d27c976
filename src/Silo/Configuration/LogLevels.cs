using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting;

namespace MoeOrleans.Silo.Configuration;

/// <summary>Checks the levels of the log. .NET would name neither the setting nor its place.</summary>
internal static class LogLevels
{
    /// <param name="logging">The settings of the log.</param>
    /// <param name="place">Where a setting was made, by its key.</param>
    /// <exception cref="ConfigurationException">There is no such level.</exception>
    public static void Check(IConfigurationSection logging, Func<string, string> place)
    {
        var levels = Enum.GetNames<LogLevel>();
        foreach (var level in logging.GetSection("LogLevel").GetChildren())
        {
            if (level.Value is { } text && !levels.Contains(text, StringComparer.OrdinalIgnoreCase))
                throw new ConfigurationException($"{place(level.Path)}: must be one of {string.Join(", ", levels)}; got {text.ReplaceLineEndings(" ")}");
        }

        // Each log provider can set other levels, as in Logging:Console:LogLevel.
        foreach (var provider in logging.GetChildren().Where(child => !child.Key.Equals("LogLevel", StringComparison.OrdinalIgnoreCase))) Check(provider, place);
    }
}
