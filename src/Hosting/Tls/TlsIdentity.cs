using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MoeOrleans.Hosting.Tls;

/// <summary>The certificate with which a program shows who it is, and the authorities by which it checks others.</summary>
internal sealed class TlsIdentity
{
    private readonly X509Certificate2Collection _authorities;

    private TlsIdentity(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authorities)
    {
        (Certificate, _authorities) = (certificate, authorities);
        // Offline: a certificate can name addresses that would be asked.
        Context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate with the intermediate ones that are sent with it.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Makes an identity of files.</summary>
    /// <param name="folder">Where the files are, for messages.</param>
    /// <param name="files">Their text.</param>
    /// <param name="role">What the certificate is for.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ConfigurationException">A file has no certificate, the key is another one's, or others would refuse the certificate.</exception>
    public static TlsIdentity Parse(string folder, TlsFiles files, TlsRole role, DateTimeOffset now)
    {
        var chain = Certificates(folder, TlsFiles.CertificateName, files.Certificate);
        var authorities = Certificates(folder, TlsFiles.AuthoritiesName, files.Authorities);
        X509Certificate2[] intermediates = [.. chain.Skip(1)];
        var identity = new TlsIdentity(WithKey(folder, chain[0], files.Key), [.. intermediates], authorities);
        foreach (var purpose in role.Purposes)
        {
            using var check = new X509Chain { ChainPolicy = identity.Policy(purpose, now) };
            check.ChainPolicy.ExtraStore.AddRange(intermediates);
            check.Build(identity.Certificate);
            if (PeerCheck.Refusal(identity.Certificate, check, role.Names, now) is { } refusal)
                throw new ConfigurationException($"{Path.Combine(folder, TlsFiles.CertificateName)}: the certificate {refusal}; {role.Meaning} and is signed by an authority in {TlsFiles.AuthoritiesName}");
        }

        return identity;
    }

    /// <summary>How the certificate of a peer is checked: by these authorities alone, without asking anybody.</summary>
    /// <param name="purpose">What the peer uses its certificate for.</param>
    /// <param name="now">The time.</param>
    public X509ChainPolicy Policy(string purpose, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ApplicationPolicy.Add(new Oid(purpose));
        return policy;
    }

    private static X509Certificate2Collection Certificates(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException failure)
        {
            throw new ConfigurationException($"{path}: a certificate cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
        }

        return certificates.Count > 0 ? certificates : throw new ConfigurationException($"{path}: has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----");
    }

    private static X509Certificate2 WithKey(string folder, X509Certificate2 certificate, string key)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
            // Windows cannot use a key that is only in memory.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null) : own;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new ConfigurationException($"{Path.Combine(folder, TlsFiles.KeyName)}: must be the private key, in PEM and not encrypted, of the first certificate in {TlsFiles.CertificateName}");
        }
    }
}
