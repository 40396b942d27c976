namespace MoeOrleans.Cluster.Tests;

/// <summary>The weights that setting 1, seed 1 has after 30 steps in one process, by the command; trained once for all tests.</summary>
public sealed class OneProcess
{
    /// <summary>The options of that run.</summary>
    internal static readonly string[] Run = ["train", "--json", "--steps", "30"];

    private readonly Lazy<Task<string>> _weights = new(async () =>
    {
        using var workspace = new Workspace();
        return (await MoeProcess.Run(workspace, Run)).Json.GetProperty("weightsSha256").GetString()!;
    });

    /// <summary>Their SHA-256.</summary>
    internal Task<string> WeightsSha256 => _weights.Value;
}
