namespace MoeOrleans.Cli.CommandLine;

/// <summary>The exit codes of the command. Scripts rely on them.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int BadInput = 2;

    // As a shell reports a command that SIGINT ended.
    public const int Interrupted = 130;
}
