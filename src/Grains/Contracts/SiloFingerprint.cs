namespace MoeOrleans.Grains.Contracts;

/// <summary>What has to be the same on every silo of a run.</summary>
/// <param name="Silo">The silo's name.</param>
/// <param name="ContractsVersion">Version of the messages.</param>
/// <param name="NumericsVersion">Version of the numerics.</param>
/// <param name="DataSha256">SHA-256 of the data set's bytes; empty where the silo holds no data set of this run.</param>
[GenerateSerializer, Immutable, Alias("moe.SiloFingerprint.v1")]
public sealed record SiloFingerprint(
    [property: Id(0)] string Silo,
    [property: Id(1)] int ContractsVersion,
    [property: Id(2)] int NumericsVersion,
    [property: Id(3)] string DataSha256);
