using MoeOrleans.Cli.Reproduce;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>Shows the progress of a reproduction on standard error: a line for each finished run and, on a terminal, a bar below.</summary>
internal static class ReproductionView
{
    /// <summary>Awaits the work and shows its progress.</summary>
    public static async Task<T> Watch<T>(Func<Action<ReproductionProgress>, Task<T>> work)
    {
        var console = Consoles.Create(Console.Error);
        if (Console.IsErrorRedirected || console.Profile.Capabilities is not { Ansi: true, Interactive: true })
            return await work(progress => WritePlain(progress));
        return await console.Live(new Markup("[grey]starting[/]")).AutoClear(true).StartAsync(live => work(progress =>
        {
            if (progress.Finished is { } line) console.MarkupLineInterpolated($"[grey]{line}[/]");
            live.UpdateTarget(Draw(console, progress));
            live.Refresh();
        }));
    }

    private static void WritePlain(ReproductionProgress progress)
    {
        if (progress.Finished is { } line) Consoles.Note($"{progress.Done}/{progress.Runs}   {line}   {Format.Duration(progress.Left)} left");
    }

    private static Rows Draw(IAnsiConsole console, ReproductionProgress progress)
    {
        return new Rows([
            new Markup($"{ProgressBar.Draw(console, progress.Share)} run {progress.Done}/{progress.Runs}   {Format.Duration(progress.Left)} left"),
            .. progress.Running.Select(run => new Markup($"[grey]{Markup.Escape(run)}[/]")),
        ]);
    }
}
