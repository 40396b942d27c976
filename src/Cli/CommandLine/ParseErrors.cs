using System.CommandLine;
using System.CommandLine.Parsing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Turns the errors of the parser into one line; the first error says enough.</summary>
internal static class ParseErrors
{
    // With the two dashes.
    private const int ShortestBeginning = 5;

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
        string[] options = [.. command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive)).SelectMany(option => option.Aliases.Prepend(option.Name))];
        var question = Suggestion.Question(isOption ? Meant(word, options) : Suggestion.Nearest(word, command.Subcommands.Select(subcommand => subcommand.Name)));
        var what = isOption ? "unknown option" : command.Subcommands.Count > 0 ? "unknown command" : "unexpected word";
        return new ConfigurationException($"{word.ReplaceLineEndings(" ")}: {what}{(question.Length > 0 ? question : $"; see {FullName(command)} --help")}");
    }

    // A misspelt option, the beginning of one, or a field of the specification that has no option: --weight-decay.
    private static IReadOnlyList<string> Meant(string word, string[] options)
    {
        // Python's tools write --batch_size.
        if (Suggestion.Nearest(word.Replace('_', '-'), options) is { Count: > 0 } near) return near;
        if (word.Length >= ShortestBeginning && Array.FindAll(options, option => option.StartsWith(word, StringComparison.Ordinal)) is { Length: > 0 } longer) return longer;
        var name = word.TrimStart('-').Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return !options.Contains("--set") ? [] : [.. SpecFields.All.Where(field => name.Equals(field.Path.Split('.')[^1], StringComparison.OrdinalIgnoreCase)).Select(field => $"--set {field.Path}=VALUE")];
    }

    private static string FullName(Command command) =>
        command is RootCommand ? "moe" : $"{FullName(command.Parents.OfType<Command>().First())} {command.Name}";
}
