using System.Net;
using MoeOrleans.Compute.Formats;
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
        string token;
        try
        {
            token = RegularFile.ReadText(file, maxBytes: 4 * MaxTokenLength).Trim();
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException(failure.Message);
        }

        return token.Length is >= MinTokenLength and <= MaxTokenLength && token.All(c => c is > ' ' and <= '~')
            ? token
            : throw new ConfigurationException(
                $"{file}: holds no token: {MinTokenLength} to {MaxTokenLength} printable characters without spaces are expected; 'openssl rand -hex 32' makes one");
    }
}
