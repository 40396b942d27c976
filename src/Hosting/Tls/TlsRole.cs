namespace MoeOrleans.Hosting.Tls;

/// <summary>
/// What a certificate is for. The names are fixed: silos connect to addresses, which are no names that a certificate could have.
/// </summary>
/// <param name="Names">DNS names, of which the certificate must have one.</param>
/// <param name="Purposes">Purposes that it must allow if it restricts them (extended key usage).</param>
/// <param name="Meaning">What it must be, for a message.</param>
internal sealed record TlsRole(IReadOnlyList<string> Names, IReadOnlyList<string> Purposes, string Meaning)
{
    public const string SiloName = "moe-silo";
    public const string ClientName = "moe-client";

    /// <summary>Object identifiers of extended key usage.</summary>
    public const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    public const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    /// <summary>A silo accepts connections, and connects to other silos.</summary>
    public static TlsRole Silo { get; } = new([SiloName], [ServerPurpose, ClientPurpose], $"a silo's has the DNS name {SiloName}");

    /// <summary>A program that connects to gateways; on a silo's machine it may use the silo's certificate.</summary>
    public static TlsRole Client { get; } = new([ClientName, SiloName], [ClientPurpose], $"a client's has the DNS name {ClientName}");
}
