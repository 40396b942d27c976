using MoeOrleans.Cli.Commands;

namespace MoeOrleans.Cli.Tests;

/// <summary>
/// Runs the moe command inside the test's own process, which is many times faster than starting one. Signals, terminals and streams
/// that cannot be written need a real process: <see cref="MoeProcess"/>.
/// </summary>
internal static class MoeCommand
{
    // The current folder and the console belong to the whole process: one command at a time.
    private static readonly SemaphoreSlim s_turn = new(1, 1);

    /// <summary>Runs the command to its end, in the folder of a workspace.</summary>
    public static async Task<MoeResult> Run(Workspace workspace, params string[] arguments)
    {
        await s_turn.WaitAsync(TestContext.Current.CancellationToken);
        var (folder, consoleOutput, consoleError) = (Environment.CurrentDirectory, Console.Out, Console.Error);
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        try
        {
            Environment.CurrentDirectory = workspace.Path;
            Console.SetOut(output);
            Console.SetError(errors);
            var exitCode = await RootMoeCommand.Run(arguments);
            return new MoeResult(exitCode, output.ToString(), errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            Console.SetOut(consoleOutput);
            Console.SetError(consoleError);
            Environment.CurrentDirectory = folder;
            s_turn.Release();
        }
    }

    /// <summary>Runs <see cref="MoeProcess.SmallRun"/> with more options.</summary>
    public static Task<MoeResult> Train(Workspace workspace, params string[] arguments) => Run(workspace, [.. MoeProcess.SmallRun, .. arguments]);
}
