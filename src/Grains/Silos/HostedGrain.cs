namespace MoeOrleans.Grains.Silos;

/// <summary>A grain of a run on a silo.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">The expert, the shard or the piece; 0 for a coordinator.</param>
[GenerateSerializer, Immutable, Alias("moe.HostedGrain.v1")]
internal readonly record struct HostedGrain([property: Id(0)] string RunId, [property: Id(1)] HostedGrainKind Kind, [property: Id(2)] int Index);

/// <summary>The kinds of grains that a run has.</summary>
internal enum HostedGrainKind
{
    /// <summary>An expert.</summary>
    Expert = 0,

    /// <summary>A router.</summary>
    Router = 1,

    /// <summary>The run's coordinator.</summary>
    Coordinator = 2,

    /// <summary>A piece of the weights of a run that has ended.</summary>
    Weights = 3,
}
