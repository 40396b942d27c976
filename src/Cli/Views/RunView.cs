using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Views;

/// <summary>Shows a run while it goes on, on standard error: standard output is for results.</summary>
internal abstract class RunView
{
    /// <summary>A live view on a terminal, plain lines elsewhere.</summary>
    public static RunView ForStandardError()
    {
        var console = Consoles.Create(Console.Error);
        return !Console.IsErrorRedirected && console.Profile.Capabilities is { Ansi: true, Interactive: true } ? new LiveView(console) : new PlainView(Console.Error);
    }

    /// <summary>Runs and shows what is reported meanwhile.</summary>
    public abstract Task<RunResult> Watch(Func<ProgressReport, Task<RunResult>> run);
}
