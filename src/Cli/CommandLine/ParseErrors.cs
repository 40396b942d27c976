using System.CommandLine;
using System.CommandLine.Parsing;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>The parser's errors in one line: of several, the first says enough.</summary>
internal static class ParseErrors
{
    public static InputException Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        foreach (var result in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            // In "--experts --steps 5" the parser stumbles over the 5, two words after the mistake.
            if (result.Tokens is [{ Value: ['-', '-', ..] }, ..] || (!result.Implicit && result.Tokens.Count < result.IdentifierTokenCount && result.Option.Arity.MinimumNumberOfValues > 0))
                return OptionValues.Missing(result.Option);
            if (result.Option.Arity.MaximumNumberOfValues == 1 && result.IdentifierTokenCount > 1)
                return new InputException($"{result.Option.Name}: given {result.IdentifierTokenCount} times; give it once");
        }

        if (parsed.UnmatchedTokens is not [var word, ..])
            return new InputException(parsed.Errors[0].Message);

        var isOption = word.StartsWith('-');
        var options = command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).Select(option => option.Name);
        var names = isOption ? options : command.Subcommands.Select(subcommand => subcommand.Name);
        var nearest = Nearest(word, names);
        var what = isOption ? "unknown option" : command.Subcommands.Count > 0 ? "unknown command" : "unexpected word";
        var hint = nearest is not null ? $"did you mean '{nearest}'?" : $"see {FullName(command)} --help";
        return new InputException($"{word.ReplaceLineEndings(" ")}: {what}; {hint}");
    }

    private static string FullName(Command command) => command is RootCommand ? "moe" : $"moe {command.Name}";

    private static string? Nearest(string word, IEnumerable<string> names)
    {
        // More than a third wrong is no misspelling.
        var near = names.Select(name => (Name: name, Edits: Edits(word, name))).Where(n => n.Edits <= Math.Max(2, word.Length / 3)).ToList();
        return near.Count == 0 ? null : near.MinBy(n => n.Edits).Name;
    }

    // Levenshtein's distance, a row at a time.
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + (a[i - 1] == b[j - 1] ? 0 : 1), 1 + Math.Min(row[j], row[j - 1])));
        }

        return row[^1];
    }
}
