using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>A progress bar that fits the console.</summary>
internal static class ProgressBar
{
    private const int MinWidth = 10;
    private const int MaxWidth = 40;

    /// <summary>The bar as markup.</summary>
    /// <param name="console">The console.</param>
    /// <param name="share">Share that is done, 0 to 1.</param>
    public static string Draw(IAnsiConsole console, double share)
    {
        var (full, empty) = console.Profile.Capabilities.Unicode ? ('━', '─') : ('#', '.');
        var width = Math.Clamp(console.Profile.Width / 3, MinWidth, MaxWidth);
        var done = Math.Clamp((int)(width * share), 0, width);
        return $"[green]{new string(full, done)}[/][grey]{new string(empty, width - done)}[/]";
    }
}
