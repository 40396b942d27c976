using System.Collections.Immutable;

namespace MoeOrleans.Grains.Silos;

/// <summary>Versions, load and grains of a silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Version of the product.</param>
/// <param name="ContractsVersion">Version of its messages; silos of different versions do not work together.</param>
/// <param name="NumericsVersion">Version of the numerics; silos of different versions give different bits.</param>
/// <param name="Endpoint">Address and port that silos reach it by.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Threads">Threads of its compute lane.</param>
/// <param name="ComputeSeconds">Time spent on its compute lane so far, summed over threads.</param>
/// <param name="MemoryBytes">Memory resident.</param>
/// <param name="IsDraining">Whether it is about to leave and takes no more grains.</param>
/// <param name="Grains">The experts, routers and coordinators that are active on it, in the order of their keys.</param>
[GenerateSerializer, Immutable, Alias("moe.SiloDescription.v1")]
internal sealed record SiloDescription(
    [property: Id(0)] string Name,
    [property: Id(1)] string Version,
    [property: Id(2)] int ContractsVersion,
    [property: Id(3)] int NumericsVersion,
    [property: Id(4)] string Endpoint,
    [property: Id(5)] int ProcessId,
    [property: Id(6)] int Threads,
    [property: Id(7)] double ComputeSeconds,
    [property: Id(8)] long MemoryBytes,
    [property: Id(9)] bool IsDraining,
    [property: Id(10)] ImmutableArray<HostedGrain> Grains);
