namespace MoeOrleans.Cluster.Tests.Ports;

/// <summary>What a <see cref="PortFuzzer"/> sends.</summary>
internal enum PortInput
{
    /// <summary>Random bytes, with and without a preamble in front.</summary>
    Noise,

    /// <summary>Altered preambles.</summary>
    Preambles,

    /// <summary>False lengths, then random bytes.</summary>
    Lengths,

    /// <summary>Real frames without their ends.</summary>
    Cut,

    /// <summary>Real and altered calls and replies of grains.</summary>
    GrainCalls,

    /// <summary>Real and altered calls and replies of Orleans' own services: forged orders of a member of the cluster.</summary>
    OrleansCalls,
}
