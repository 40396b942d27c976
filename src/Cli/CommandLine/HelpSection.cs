using System.CommandLine;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>A part of a help page: a title and rows of what to type and what it means.</summary>
internal sealed record HelpSection(string Title, IReadOnlyList<(string Typed, string Meaning)> Rows)
{
    public static HelpSection Of(string title, params IEnumerable<Option> options) =>
        new(title, [.. options.Select(option => ($"{option.Name} {option.HelpName}".TrimEnd(), option.Description ?? ""))]);
}
