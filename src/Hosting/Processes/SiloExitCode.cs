namespace MoeOrleans.Hosting.Processes;

/// <summary>What the exit codes of moe-silo mean.</summary>
internal static class SiloExitCode
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int BadInput = 2;

    /// <summary>
    /// Another program has one of the silo's ports. Only with --child and --detached: the program that started the silo chose the port, and
    /// can choose another one.
    /// </summary>
    public const int PortInUse = 3;
}
