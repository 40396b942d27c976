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

    /// <summary>
    /// The silo is no longer a member of its cluster: it was declared dead, its entry in Redis is lost, or the first silo of a cluster
    /// without Redis has ended. A supervisor should start it again.
    /// </summary>
    public const int LeftCluster = 4;
}
