using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MoeOrleans.Bench;

/// <summary>An authority that signs certificates for measurements and tests. Only the programs that get its root certificate trust it.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_past = TimeSpan.FromDays(30);

    private readonly X509Certificate2 _certificate;
    private readonly DateTimeOffset _now;

    private CertificateAuthority(X509Certificate2 certificate, DateTimeOffset now) => (_certificate, _now) = (certificate, now);

    /// <summary>Its certificate as PEM.</summary>
    public string Pem => $"{_certificate.ExportCertificatePem()}\n";

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="now">The time: it and its certificates are valid from then on for a day, unless said otherwise.</param>
    public static CertificateAuthority Create(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateAuthority(Request(name, key).CreateSelfSigned(now - s_past, now + s_past), now);
    }

    /// <summary>Makes an authority that this one signs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lifetime">From now until when; negative: it has expired.</param>
    public CertificateAuthority Intermediate(string name, TimeSpan? lifetime = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request(name, key).Create(_certificate, _now - s_past / 2, _now + (lifetime ?? s_past / 2), RandomNumberGenerator.GetBytes(8));
        return new CertificateAuthority(signed.CopyWithPrivateKey(key), _now);
    }

    /// <summary>Issues a certificate.</summary>
    /// <param name="dnsName">Its DNS name; null for none.</param>
    /// <param name="end">When it ends, from now; negative: it has expired.</param>
    /// <param name="begin">When it begins, from now.</param>
    /// <param name="purpose">The only purpose that it allows (an object identifier); null for all.</param>
    public X509Certificate2 Issue(string? dnsName, TimeSpan? end = null, TimeSpan? begin = null, string? purpose = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={dnsName ?? "nameless"}", key, HashAlgorithmName.SHA256);
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        if (purpose is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var issuer = _certificate.GetECDsaPrivateKey();
        // Unlike the plain overload, it signs what outlives the authority, too.
        using var signed = request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer!), _now + (begin ?? -s_past / 3), _now + (end ?? s_lifetime), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Writes the files of a program that trusts this authority.</summary>
    /// <param name="folder">Where; it is created.</param>
    /// <param name="certificate">The program's certificate.</param>
    /// <param name="intermediate">The authority that signed it, if it is not this one.</param>
    public void Write(string folder, X509Certificate2 certificate, CertificateAuthority? intermediate = null)
    {
        Directory.CreateDirectory(folder);
        using var key = certificate.GetECDsaPrivateKey();
        File.WriteAllText(Path.Combine(folder, "tls.crt"), $"{certificate.ExportCertificatePem()}\n{intermediate?.Pem}");
        File.WriteAllText(Path.Combine(folder, "tls.key"), key!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "ca.crt"), Pem);
    }

    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request;
    }
}
