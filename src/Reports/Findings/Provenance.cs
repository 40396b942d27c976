namespace MoeOrleans.Reports.Findings;

/// <summary>Command, machine and time of a reproduction.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Version">Version of the program, with its commit if it is known.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="System">Operating system and processor architecture.</param>
/// <param name="Processors">Number of logical processors.</param>
/// <param name="VectorBits">Bits of the widest hardware vector; the width changes no result.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Parallel">Runs that ran at the same time.</param>
/// <param name="RunsDone">Runs done by this command.</param>
/// <param name="RunsKept">Runs that an earlier command did.</param>
/// <param name="ExpectedSeconds">Expected time of the runs done by this command.</param>
/// <param name="WallSeconds">Time that these runs took.</param>
internal sealed record Provenance(
    string Command,
    string Version,
    string Runtime,
    string System,
    int Processors,
    int VectorBits,
    int Threads,
    int Parallel,
    int RunsDone,
    int RunsKept,
    double ExpectedSeconds,
    double WallSeconds);
