using System.CommandLine;
using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Reads options as the user typed them.</summary>
internal static class OptionValues
{
    /// <summary>The option's text; null if it was not given.</summary>
    public static string? Text(this ParseResult parsed, Option<string> option) =>
        parsed.GetResult(option) is null ? null : Checked(option, parsed.GetValue(option));

    /// <summary>The texts of an option that may be given several times.</summary>
    public static IReadOnlyList<string> Texts(this ParseResult parsed, Option<string[]> option)
    {
        if (parsed.GetResult(option) is not { } given) return [];
        // The parser accepts "--set a=1 --set", because there is one value.
        if (given.IdentifierTokenCount != given.Tokens.Count) throw Missing(option);
        return [.. parsed.GetValue(option)!.Select(value => Checked(option, value))];
    }

    /// <summary>A whole number.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <param name="absent">The value if the option was not given.</param>
    /// <param name="min">The smallest value allowed.</param>
    /// <param name="max">The largest value allowed.</param>
    /// <param name="why">A reason for the range; it follows the range in the message.</param>
    public static int Number(this ParseResult parsed, Option<string> option, int absent, int min, int max, string why = "")
    {
        if (parsed.Text(option) is not { } text) return absent;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: must be {min} to {max:N0}{why}; got {text.ReplaceLineEndings(" ")}"));
    }

    /// <summary>One of the names of an enumeration.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <param name="absent">The value if the option was not given.</param>
    public static T Choice<T>(this ParseResult parsed, Option<string> option, T absent)
        where T : struct, Enum
    {
        if (parsed.Text(option) is not { } text) return absent;
        string[] names = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
        if (names.Contains(text)) return Enum.Parse<T>(text, ignoreCase: true);
        throw new ConfigurationException($"{option.Name}: unknown '{text.ReplaceLineEndings(" ")}'; one of {string.Join(", ", names)}{Suggestion.Question(Suggestion.Nearest(text, names))}");
    }

    /// <summary>The error of an option without its value.</summary>
    public static ConfigurationException Missing(Option option) => new($"{option.Name}: needs a value, such as {option.Name} {option.HelpName}");

    // The parser takes the next word as the value: in "--experts --steps 5" the value is missing.
    private static string Checked(Option option, string? value) =>
        string.IsNullOrEmpty(value) || value.StartsWith("--", StringComparison.Ordinal) ? throw Missing(option) : value;
}
