using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Why a certificate is refused.</summary>
internal static class PeerCheck
{
    private const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;

    // A peer writes into its certificate what it likes.
    private const int MaxName = 60;

    /// <summary>The reason, to follow "the certificate"; null if it is good.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="chain">Its chain, built by the policy of <see cref="TlsIdentity.Policy"/>.</param>
    /// <param name="names">DNS names, of which it must have one.</param>
    /// <param name="now">The time.</param>
    public static string? Refusal(X509Certificate2 certificate, X509Chain chain, IReadOnlyList<string> names, DateTimeOffset now)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((status & Untrusted) != 0) return $"is of another authority, {Printable(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))}";
        if ((status & X509ChainStatusFlags.NotTimeValid) != 0) return Outdated(chain, now);
        if ((status & X509ChainStatusFlags.NotValidForUsage) != 0) return "may not be used for this: its extended key usage must allow server and client authentication";
        if (status != X509ChainStatusFlags.NoError) return $"is not valid: {status}";
        return names.Any(name => certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false)) ? null
            : $"is for {Names(certificate)}, not for {string.Join(" or ", names)}";
    }

    /// <summary>Text of a peer, which must not forge lines of a log.</summary>
    internal static string Printable(string text)
    {
        var safe = string.Concat(text.Take(MaxName).Select(letter => char.IsLetterOrDigit(letter) || char.IsBetween(letter, ' ', '~') ? letter : '?'));
        return $"'{safe}{(text.Length > MaxName ? "..." : "")}'";
    }

    private static string Outdated(X509Chain chain, DateTimeOffset now)
    {
        var of = chain.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(one => one.Status == X509ChainStatusFlags.NotTimeValid))?.Certificate ?? chain.ChainElements[0].Certificate;
        var which = of == chain.ChainElements[0].Certificate ? "" : $"is signed by {Printable(of.GetNameInfo(X509NameType.SimpleName, forIssuer: false))}, which ";
        return now < of.NotBefore ? $"{which}is not valid before {Date(of.NotBefore)}" : $"{which}expired on {Date(of.NotAfter)}";
    }

    private static string Date(DateTime local) => local.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Names(X509Certificate2 certificate)
    {
        var dns = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(3).ToArray();
        return dns.Length > 0 ? string.Join(", ", dns.Select(Printable)) : "no DNS name (subject alternative name)";
    }
}
