using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Views;

/// <summary>Shows the progress of a run on standard error; standard output is for results.</summary>
internal abstract class RunView
{
    /// <summary>A live view on a terminal, otherwise plain lines.</summary>
    public static RunView ForStandardError()
    {
        var console = Consoles.Create(Console.Error);
        return !Console.IsErrorRedirected && console.Profile.Capabilities is { Ansi: true, Interactive: true } ? new LiveView(console) : new PlainView(Console.Error);
    }

    /// <summary>Awaits a run and shows its progress.</summary>
    public abstract Task<RunResult> Watch(Func<ProgressReport, Task<RunResult>> run);
}
