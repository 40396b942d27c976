using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>Consoles on the standard streams.</summary>
internal static class Consoles
{
    /// <summary>A console on standard output or standard error.</summary>
    public static IAnsiConsole Create(TextWriter stream) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(stream) });

    /// <summary>Writes to standard error, for what is not the result. A closed or full log must not end the work.</summary>
    /// <param name="write">Receives the console.</param>
    public static void Note(Action<IAnsiConsole> write)
    {
        try
        {
            write(Create(Console.Error));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Writes a line to standard error without wrapping it.</summary>
    public static void Note(string line) => Note(_ => Console.Error.WriteLine(line));

    /// <summary>
    /// Writes to standard output: with colour on a terminal, otherwise in plain ASCII, without wrapping lines and without blanks at their
    /// ends.
    /// </summary>
    /// <param name="write">Receives the console, and whether the output is plain.</param>
    public static void WriteOutput(Action<IAnsiConsole, bool> write)
    {
        if (!Console.IsOutputRedirected)
        {
            write(Create(Console.Out), false);
            return;
        }

        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 10_000;
        console.Profile.Capabilities.Unicode = false;
        write(console, true);
        foreach (var line in text.ToString().TrimEnd().Split('\n')) Console.Out.WriteLine(line.TrimEnd());
    }
}
