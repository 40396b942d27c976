using System.Globalization;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Messages;

/// <summary>Grain keys: the run's id and the expert or shard.</summary>
internal static class GrainKeys
{
    /// <summary>Name of the type of experts.</summary>
    public const string ExpertType = "moe.expert";

    /// <summary>Name of the type of routers.</summary>
    public const string RouterType = "moe.router";

    /// <summary>Key of an expert or router of a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="index">The expert, or the shard.</param>
    public static string Of(string runId, int index) => string.Create(CultureInfo.InvariantCulture, $"{runId}/{index}");

    /// <summary>The run that a key names.</summary>
    /// <param name="key">A key made by <see cref="Of"/>.</param>
    /// <exception cref="ArgumentException">The key names no run that there can be.</exception>
    public static string RunId(string key) => RunIds.Check(key[..Math.Max(0, key.LastIndexOf('/'))]);

    /// <summary>The expert or shard that a key names.</summary>
    /// <param name="key">A key made by <see cref="Of"/>.</param>
    public static int Index(string key) => int.Parse(key.AsSpan(key.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The grain that a key names.</summary>
    /// <param name="key">A key made by <see cref="Of"/>.</param>
    /// <param name="kind">Expert or router.</param>
    internal static HostedGrain Grain(string key, HostedGrainKind kind) => new(RunId(key), kind, Index(key));
}
