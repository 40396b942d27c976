using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Bench;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Hosting.Tests.Tls;

public sealed class TlsFolderTests : IDisposable
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly Workspace _workspace = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly CertificateAuthority _authority;

    public TlsFolderTests() => _authority = CertificateAuthority.Create("ours", _time.GetUtcNow());

    public void Dispose()
    {
        _authority.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public void A_good_folder_is_read()
    {
        using var certificate = _authority.Issue("moe-silo");
        _authority.Write(_workspace.At("tls"), certificate);
        Open(TlsRole.Silo).Read().Certificate.SerialNumber.ShouldBe(certificate.SerialNumber);
        Open(TlsRole.Client).Read().Certificate.HasPrivateKey.ShouldBeTrue();
    }

    [Fact]
    public void Intermediate_certificates_are_read_and_used()
    {
        using var between = _authority.Intermediate("between");
        using var certificate = between.Issue("moe-client");
        _authority.Write(_workspace.At("tls"), certificate, between);
        Open(TlsRole.Client).Read().Context.IntermediateCertificates.ShouldHaveSingleItem().Subject.ShouldBe("CN=between");
    }

    [Fact]
    public void Several_authorities_are_read()
    {
        using var other = CertificateAuthority.Create("other", _time.GetUtcNow());
        using var certificate = other.Issue("moe-silo");
        _authority.Write(_workspace.At("tls"), certificate);
        Refusal(TlsRole.Silo).ShouldContain("the certificate is of another authority, 'other'");
        File.AppendAllText(_workspace.At("tls", "ca.crt"), other.Pem);
        Open(TlsRole.Silo).Read().Certificate.SerialNumber.ShouldBe(certificate.SerialNumber);
    }

    [Theory]
    [InlineData("moe-client", null, null, null, "tls.crt: the certificate is for 'moe-client', not for moe-silo; a silo's has the DNS name moe-silo and is signed by an authority in ca.crt")]
    [InlineData(null, null, null, null, "tls.crt: the certificate is for no DNS name (subject alternative name), not for moe-silo; a silo's")]
    [InlineData("*", null, null, null, "tls.crt: the certificate is for '*', not for moe-silo; a silo's")]
    [InlineData("moe-silo", -1, null, null, "tls.crt: the certificate expired on 2031-05-06 06:08:09Z; a silo's")]
    [InlineData("moe-silo", null, 1, null, "tls.crt: the certificate is not valid before 2031-05-06 08:08:09Z; a silo's")]
    [InlineData("moe-silo", null, null, TlsRole.ServerPurpose, "tls.crt: the certificate may not be used for this: its extended key usage must allow server and client authentication; a silo's")]
    [InlineData("moe-silo", null, null, TlsRole.ClientPurpose, "tls.crt: the certificate may not be used for this: its extended key usage must allow server and client authentication; a silo's")]
    public void A_certificate_that_others_would_refuse_is_told(string? name, int? end, int? begin, string? purpose, string reason)
    {
        using var certificate = _authority.Issue(name, s_hour * end, s_hour * begin, purpose);
        _authority.Write(_workspace.At("tls"), certificate);
        Refusal(TlsRole.Silo).ShouldStartWith($"--tls-folder: {_workspace.At("tls")}/{reason}");
    }

    [Fact]
    public void An_authority_that_has_expired_is_told()
    {
        using var between = _authority.Intermediate("between", -s_hour);
        using var certificate = between.Issue("moe-silo");
        _authority.Write(_workspace.At("tls"), certificate, between);
        Refusal(TlsRole.Silo).ShouldContain("tls.crt: the certificate is signed by 'between', which expired on 2031-05-06 06:08:09Z;");
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_told()
    {
        Should.Throw<ConfigurationException>(() => Open(TlsRole.Silo)).Message.ShouldBe($"--tls-folder: must be a folder with tls.crt, tls.key and ca.crt; got {_workspace.At("tls")}");
        using var certificate = _authority.Issue("moe-silo");
        using var other = _authority.Issue("moe-silo");
        _authority.Write(_workspace.At("other"), other);
        foreach (var (file, spoil, reason) in (IEnumerable<(string, Action<string>, string)>)[
            ("tls.key", File.Delete, "there is no file {0}; the folder must have tls.crt, tls.key and ca.crt, in PEM"),
            ("ca.crt", path => File.WriteAllText(path, "nothing"), "{0}: has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"),
            ("tls.crt", path => File.WriteAllText(path, File.ReadAllText(path)[..300]), "{0}: has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"),
            ("tls.crt", path => File.WriteAllText(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"), "{0}: a certificate cannot be read: "),
            ("tls.crt", path => File.WriteAllText(path, ""), "{0}: must be a regular file with content"),
            ("tls.key", path => File.Copy(_workspace.At("other", "tls.key"), path, overwrite: true), "{0}: must be the private key, in PEM and not encrypted, of the first certificate in tls.crt"),
        ])
        {
            _authority.Write(_workspace.At("tls"), certificate);
            spoil(_workspace.At("tls", file));
            Refusal(TlsRole.Silo).ShouldStartWith($"--tls-folder: {string.Format(null, reason, _workspace.At("tls", file))}");
        }
    }

    [Fact]
    public void Changed_files_are_read_again()
    {
        using X509Certificate2 first = _authority.Issue("moe-silo"), second = _authority.Issue("moe-silo");
        var secret = new MountedSecret(_workspace.At("tls"));
        secret.Replace(folder => _authority.Write(folder, first));
        var tls = Open(TlsRole.Silo);
        var renewed = new List<string>();
        Read().ShouldBe(first.SerialNumber);

        secret.Replace(folder => _authority.Write(folder, second));

        Read().ShouldBe(second.SerialNumber);
        Read().ShouldBe(second.SerialNumber);
        renewed.ShouldBe([second.SerialNumber]);

        string Read() => tls.Read(identity => renewed.Add(identity.Certificate.SerialNumber), fault => Assert.Fail(fault)).Certificate.SerialNumber;
    }

    [Fact]
    public void Changed_files_that_cannot_be_used_leave_the_old_ones_in_use()
    {
        using X509Certificate2 first = _authority.Issue("moe-silo"), second = _authority.Issue("moe-silo"), expired = _authority.Issue("moe-silo", -s_hour);
        _authority.Write(_workspace.At("tls"), first);
        var tls = Open(TlsRole.Silo);
        var faults = new List<string>();

        File.WriteAllText(_workspace.At("tls", "tls.crt"), second.ExportCertificatePem());
        Read().ShouldBe(first.SerialNumber);
        Read().ShouldBe(first.SerialNumber);
        faults.ShouldHaveSingleItem().ShouldContain("tls.key: must be the private key");
        File.Delete(_workspace.At("tls", "tls.crt"));
        Read().ShouldBe(first.SerialNumber);
        faults[^1].ShouldContain("there is no file");
        _authority.Write(_workspace.At("tls"), expired);
        Read().ShouldBe(first.SerialNumber);
        faults[^1].ShouldContain("expired on");

        _authority.Write(_workspace.At("tls"), second);
        Read().ShouldBe(second.SerialNumber);
        faults.Count.ShouldBe(3);

        string Read() => tls.Read(null, faults.Add).Certificate.SerialNumber;
    }

    private TlsFolder Open(TlsRole role) => TlsFolder.Open(_workspace.At("tls"), role, _time, "--tls-folder");

    private string Refusal(TlsRole role)
    {
        var message = Should.Throw<ConfigurationException>(() => Open(role)).Message;
        message.ShouldNotContain('\n');
        return message;
    }
}
