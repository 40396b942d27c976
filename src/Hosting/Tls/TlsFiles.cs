using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Hosting.Tls;

/// <summary>The text of the files in a folder of certificates, as PEM.</summary>
/// <param name="Certificate">The program's certificate, and intermediate ones up to an authority.</param>
/// <param name="Key">Its private key.</param>
/// <param name="Authorities">The authorities that it trusts.</param>
internal sealed record TlsFiles(string Certificate, string Key, string Authorities)
{
    public const string CertificateName = "tls.crt";
    public const string KeyName = "tls.key";
    public const string AuthoritiesName = "ca.crt";

    // Some certificates have a few kilobytes each.
    private const long MaxBytes = 1 << 20;
    private const int Attempts = 3;

    /// <summary>Reads the files.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ConfigurationException">A file is missing or cannot be read.</exception>
    public static TlsFiles Read(string folder)
    {
        // Another program may replace the files between two of these reads. If two readings are equal, they are of one set.
        var files = ReadOnce(folder);
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            var again = ReadOnce(folder);
            if (again == files) break;
            files = again;
        }

        return files;
    }

    private static TlsFiles ReadOnce(string folder) => new(Text(folder, CertificateName), Text(folder, KeyName), Text(folder, AuthoritiesName));

    private static string Text(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new ConfigurationException($"there is no file {path}; the folder must have {CertificateName}, {KeyName} and {AuthoritiesName}, in PEM");
        try
        {
            return RegularFile.ReadText(path, MaxBytes);
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException(failure.Message);
        }
    }
}
