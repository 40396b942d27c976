using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>A command that describes its help page. The parser's own help page cannot group options.</summary>
internal interface IHelpPage
{
    string Usage { get; }

    IEnumerable<HelpSection> Sections { get; }
}

/// <summary>Writes the help page of the command that was parsed.</summary>
internal sealed class HelpPageAction : SynchronousCommandLineAction
{
    private const int MaxWidth = 110;
    private const int TypedWidth = 26;

    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    /// <summary>Makes --help write this page.</summary>
    public static void Install(RootCommand root) => root.Options.OfType<HelpOption>().Single().Action = new HelpPageAction();

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        var writer = parseResult.InvocationConfiguration.Output;
        var width = Console.IsOutputRedirected ? MaxWidth : Math.Clamp(Console.WindowWidth, 60, MaxWidth);
        WriteWrapped(writer, command.Description ?? "", "", width);
        if (command is not IHelpPage page) return ExitCode.Done;

        writer.WriteLine();
        writer.WriteLine($"Usage: {page.Usage}");
        foreach (var (title, rows) in page.Sections)
        {
            writer.WriteLine();
            writer.WriteLine($"{title}:");
            foreach (var (typed, meaning) in rows) WriteRow(writer, typed, meaning, width);
        }

        return ExitCode.Done;
    }

    private static void WriteRow(TextWriter writer, string typed, string meaning, int width)
    {
        if (meaning.Length == 0)
        {
            writer.WriteLine($"  {typed}");
            return;
        }

        var first = $"  {typed}".PadRight(TypedWidth);
        if (first.Length > TypedWidth || !first.EndsWith(' '))
        {
            writer.WriteLine(first);
            first = new string(' ', TypedWidth);
        }

        WriteWrapped(writer, meaning, first, width);
    }

    private static void WriteWrapped(TextWriter writer, string text, string first, int width)
    {
        var line = first;
        var blank = true;
        foreach (var word in text.Split(' '))
        {
            if (!blank && line.Length + 1 + word.Length > width)
            {
                writer.WriteLine(line);
                (line, blank) = (new string(' ', first.Length), true);
            }

            line += blank ? word : $" {word}";
            blank = false;
        }

        writer.WriteLine(line);
    }
}
