using System.Runtime.CompilerServices;

namespace MoeOrleans.Cluster.Tests;

/// <summary>
/// Most tests of this project start several silo processes and take minutes, so they run only on request. Without it they are reported
/// as skipped, with the command that runs them.
/// </summary>
public static class LongTests
{
    /// <summary>Why they are skipped.</summary>
    internal const string HowToRun = $"The cluster tests take minutes; to run them: dotnet test --project tests/Cluster.Tests -e {Variable}=1";

    private const string Variable = "MOE_CLUSTER_TESTS";

    /// <summary>Whether the user asked for them.</summary>
    public static bool Requested { get; } = Environment.GetEnvironmentVariable(Variable) == "1";
}

/// <summary>A test of a cluster of processes, which runs on request and has a time limit.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) =>
        (Skip, SkipType, SkipUnless, Timeout) = (LongTests.HowToRun, typeof(LongTests), nameof(LongTests.Requested), Limit.Test);
}

/// <summary>Tests of a cluster of processes with different data, which run on request and have a time limit.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) =>
        (Skip, SkipType, SkipUnless, Timeout) = (LongTests.HowToRun, typeof(LongTests), nameof(LongTests.Requested), Limit.Test);
}
