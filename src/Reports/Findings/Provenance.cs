namespace MoeOrleans.Reports.Findings;

/// <summary>How a reproduction was made.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Version">Version of the program, with its commit where it was built from one.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="System">Operating system and processor architecture.</param>
/// <param name="Processors">Number of logical processors.</param>
/// <param name="VectorBits">Width of the vectors that are accelerated, in bits; it changes no bit of any result.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Parallel">Runs at a time.</param>
/// <param name="RunsDone">Runs done now.</param>
/// <param name="RunsKept">Runs kept from an earlier time.</param>
/// <param name="ExpectedSeconds">Time that the plan expected for the runs done now.</param>
/// <param name="WallSeconds">Time that they took.</param>
public sealed record Provenance(
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
