using System.Net;
using MoeOrleans.Hosting;

namespace MoeOrleans.Page;

/// <summary>Where the page is served, and to whom.</summary>
/// <param name="Endpoint">Address and port to listen at.</param>
/// <param name="Token">What a browser has to know; null on a loopback address if no token is wanted.</param>
/// <param name="Hosts">Host names that browsers may use for the page, besides the address itself and, on loopback, localhost.</param>
internal sealed record PageSettings(IPEndPoint Endpoint, string? Token = null, params IReadOnlyList<string> Hosts)
{
    /// <summary>The fewest characters of a token: a random one of that length cannot be guessed.</summary>
    public const int MinTokenLength = 32;

    /// <summary>The most characters of a token.</summary>
    public const int MaxTokenLength = 1024;

    /// <summary>Reads a token from a file.</summary>
    /// <param name="file">The file; white space at its ends does not count.</param>
    /// <exception cref="ConfigurationException">The file cannot be read, or holds no token.</exception>
    public static string ReadToken(string file)
    {
        if (Directory.Exists(file)) throw new ConfigurationException("cannot be read: it is a folder");
        string token;
        try
        {
            // A token is short; a device or a large file by mistake is not read to its end.
            using var reader = new StreamReader(file);
            var buffer = new char[4 * MaxTokenLength];
            token = new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException("cannot be read: there is no such file");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
        }

        return token.Length is >= MinTokenLength and <= MaxTokenLength && token.All(c => c is > ' ' and <= '~')
            ? token
            : throw new ConfigurationException(
                $"holds no token: {MinTokenLength} to {MaxTokenLength} printable characters without spaces are expected; 'openssl rand -hex 32' makes one");
    }
}
