namespace MoeOrleans.Grains.Silos;

/// <summary>What must be equal on every silo of a run.</summary>
/// <param name="Silo">The silo's name.</param>
/// <param name="ContractsVersion">Version of the messages.</param>
/// <param name="NumericsVersion">Version of the numerics.</param>
/// <param name="DataSha256">SHA-256 of the data set's bytes; empty where the silo holds no data set of this run.</param>
[GenerateSerializer, Immutable, Alias("moe.SiloFingerprint.v1")]
internal sealed record SiloFingerprint(
    [property: Id(0)] string Silo,
    [property: Id(1)] int ContractsVersion,
    [property: Id(2)] int NumericsVersion,
    [property: Id(3)] string DataSha256)
{
    /// <summary>How the silo differs from another, and what to do about it; null if it does not.</summary>
    /// <param name="other">The other silo's fingerprint.</param>
    public string? DifferenceTo(SiloFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ContractsVersion != other.ContractsVersion) return Line("contracts version", other.ContractsVersion, ContractsVersion, "run the same version of MoeOrleans on every silo");
        if (NumericsVersion != other.NumericsVersion) return Line("numerics version", other.NumericsVersion, NumericsVersion, "run the same version of MoeOrleans on every silo");
        if (DataSha256 == other.DataSha256 || DataSha256.Length == 0 || other.DataSha256.Length == 0) return null;
        return Line("data set", Short(other.DataSha256), Short(DataSha256), "give every silo the same data files");

        string Line<T>(string what, T theirs, T ours, string remedy) => $"Silo {other.Silo} has {what} {theirs} where silo {Silo} has {ours}: {remedy}.";

        static string Short(string hash) => hash[..Math.Min(12, hash.Length)];
    }
}
