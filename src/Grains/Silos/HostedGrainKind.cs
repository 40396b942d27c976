namespace MoeOrleans.Grains.Contracts;

/// <summary>The kinds of grains that a run has.</summary>
public enum HostedGrainKind
{
    /// <summary>An expert.</summary>
    Expert = 0,

    /// <summary>A router.</summary>
    Router = 1,

    /// <summary>The run's coordinator.</summary>
    Coordinator = 2,
}
