using System.Net;
using Microsoft.AspNetCore.Http;

namespace MoeOrleans.Page.Access;

/// <summary>
/// The host names that a browser may ask for. A page of another site whose name was made to point here (DNS rebinding) would ask for that
/// name, and gets nothing.
/// </summary>
/// <param name="names">Names allowed besides the address that the connection came to.</param>
internal sealed class AllowedHosts(IReadOnlyList<string> names)
{
    /// <summary>Whether a request is for this server by its right name. Its port does not matter: it may be forwarded.</summary>
    /// <param name="host">The Host header.</param>
    /// <param name="local">The address that the connection came to.</param>
    public bool Allow(HostString host, IPAddress? local)
    {
        if (!host.HasValue || local is null) return false;
        var own = local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
        var name = host.Host.Trim('[', ']');
        if (names.Contains(name, StringComparer.OrdinalIgnoreCase)) return true;
        if (IPAddress.IsLoopback(own) && name.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(name, out var address) && (address.Equals(own) || (IPAddress.IsLoopback(address) && IPAddress.IsLoopback(own)));
    }
}
