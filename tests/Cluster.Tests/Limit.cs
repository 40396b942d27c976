namespace MoeOrleans.Cluster.Tests;

/// <summary>Time limits, in milliseconds: a loaded machine takes its time, a hang takes for ever.</summary>
internal static class Limit
{
    /// <summary>Of any test.</summary>
    public const int Test = 300_000;
}
