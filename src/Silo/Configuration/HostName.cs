using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Silo.Configuration;

/// <summary>Addresses that a user may give as the name of a host.</summary>
internal static class HostName
{
    /// <summary>An address, or the address of a host; IPv4 if the host has both.</summary>
    /// <param name="text">The address or name.</param>
    /// <param name="address">The address.</param>
    /// <returns>Whether there is such an address or host.</returns>
    public static bool TryResolve(string text, out IPAddress? address)
    {
        if (IPAddress.TryParse(text, out address)) return true;
        if (Uri.CheckHostName(text) != UriHostNameType.Dns) return false;
        try
        {
            address = Dns.GetHostAddresses(text).OrderBy(candidate => candidate.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
            return address is not null;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>An address or host with a port, such as 10.0.0.7:11111 or silo-1:11111.</summary>
    /// <param name="text">The text.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>Whether there is such an address or host, and a port.</returns>
    public static bool TryResolve(string text, out IPEndPoint? endpoint)
    {
        if (IPEndPoint.TryParse(text, out endpoint)) return endpoint.Port > 0;
        if (!TrySplit(text, out var host, out var port) || !TryResolve(host, out IPAddress? address)) return false;
        endpoint = new IPEndPoint(address!, port);
        return true;
    }

    /// <summary>Whether a text that does not resolve is the name of a host with a port, so that it may resolve later.</summary>
    /// <param name="text">The text.</param>
    public static bool MayComeToBe(string text) => TrySplit(text, out var host, out _) && Uri.CheckHostName(host) == UriHostNameType.Dns;

    private static bool TrySplit(string text, out string host, out ushort port)
    {
        var colon = text.LastIndexOf(':');
        (host, port) = (colon < 0 ? "" : text[..colon], 0);
        return colon >= 0 && ushort.TryParse(text.AsSpan(colon + 1), out port) && port > 0;
    }
}
