namespace MoeOrleans.Cli.CommandLine;

/// <summary>What the command's exit codes mean; a contract with scripts.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int BadInput = 2;

    // What a shell reports for a command that SIGINT ended.
    public const int Interrupted = 130;
}
