using System.CommandLine;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Reads options as the user typed them.</summary>
internal static class OptionValues
{
    /// <summary>The option's text; null where it was not given.</summary>
    public static string? Text(this ParseResult parsed, Option<string> option) =>
        parsed.GetResult(option) is null ? null : Checked(option, parsed.GetValue(option));

    /// <summary>The texts of an option that may be given several times.</summary>
    public static IReadOnlyList<string> Texts(this ParseResult parsed, Option<string[]> option)
    {
        if (parsed.GetResult(option) is not { } given) return [];
        // The parser lets "--set a=1 --set" pass, since one value is there.
        if (given.IdentifierTokenCount != given.Tokens.Count) throw Missing(option);
        return [.. parsed.GetValue(option)!.Select(value => Checked(option, value))];
    }

    /// <summary>An option without its value.</summary>
    public static InputException Missing(Option option) => new($"{option.Name}: needs a value, such as {option.Name} {option.HelpName}");

    // The parser takes whatever follows as the value: in "--experts --steps 5" the value was forgotten.
    private static string Checked(Option option, string? value) =>
        string.IsNullOrEmpty(value) || value.StartsWith("--", StringComparison.Ordinal) ? throw Missing(option) : value;
}
