namespace MoeOrleans.Cluster.Tests;

/// <summary>Time limits: a loaded machine takes its time, a hang takes for ever.</summary>
internal static class Limit
{
    /// <summary>Of any test, in milliseconds.</summary>
    public const int Test = 300_000;

    /// <summary>Until bad input is told: ten seconds, and the time a loaded machine takes to start a process.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(10 + 10);
}
