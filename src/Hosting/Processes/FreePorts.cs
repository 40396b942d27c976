using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>Ports that nobody listens at.</summary>
public static class FreePorts
{
    /// <summary>Different free ports of the loopback address. Another process may take one before it is used.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<int> Find(int count)
    {
        // All are held until the last was found, so that none comes twice.
        var listeners = new List<TcpListener>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listeners.Add(listener);
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners) listener.Dispose();
        }
    }

    /// <summary>The first free ports of the loopback address from one upwards.</summary>
    /// <param name="first">Where to begin.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<int> From(int first, int count) =>
        [.. Enumerable.Range(first, IPEndPoint.MaxPort - first).Where(port => IsFree(new IPEndPoint(IPAddress.Loopback, port))).Take(count)];

    /// <summary>Whether somebody could listen there now.</summary>
    /// <param name="endpoint">Address and port.</param>
    public static bool IsFree(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
