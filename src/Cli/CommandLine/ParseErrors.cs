using System.CommandLine;
using System.CommandLine.Parsing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Turns the errors of the parser into one line; the first error says enough.</summary>
internal static class ParseErrors
{
    public static ConfigurationException Of(ParseResult parsed)
    {
        foreach (var result in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            // In "--experts --steps 5" the parser reports the 5, two words after the mistake.
            if (result.Tokens is [{ Value: ['-', '-', ..] }, ..] || (!result.Implicit && result.Tokens.Count < result.IdentifierTokenCount && result.Option.Arity.MinimumNumberOfValues > 0))
                return OptionValues.Missing(result.Option);
            if (result.Option.Arity.MaximumNumberOfValues == 1 && result.IdentifierTokenCount > 1)
                return new ConfigurationException($"{result.Option.Name}: given {result.IdentifierTokenCount} times; give it once");
        }

        if (parsed.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(argument => argument.Tokens.Count == 0) is { } missing)
            return new ConfigurationException($"{FullName(parsed.CommandResult.Command)}: needs {missing.Argument.Name}; see {FullName(parsed.CommandResult.Command)} --help");
        if (parsed.UnmatchedTokens is not [var word, ..])
            return new ConfigurationException(parsed.Errors[0].Message);
        return Unknown(parsed, word);
    }

    /// <summary>A word that is neither option nor command.</summary>
    public static ConfigurationException Unknown(ParseResult parsed, string word)
    {
        var command = parsed.CommandResult.Command;
        var isOption = word.StartsWith('-');
        var options = command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).Select(option => option.Name);
        var names = isOption ? options : command.Subcommands.Select(subcommand => subcommand.Name);
        var question = Suggestion.Question(Suggestion.Nearest(word, names));
        var what = isOption ? "unknown option" : command.Subcommands.Count > 0 ? "unknown command" : "unexpected word";
        return new ConfigurationException($"{word.ReplaceLineEndings(" ")}: {what}{(question.Length > 0 ? question : $"; see {FullName(command)} --help")}");
    }

    private static string FullName(Command command) =>
        command is RootCommand ? "moe" : $"{FullName(command.Parents.OfType<Command>().First())} {command.Name}";
}
