using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Hosting.Processes;

/// <summary>Free ports of this machine. Another program may take one before it is used.</summary>
internal static class FreePorts
{
    /// <summary>Different free ports of the loopback address.</summary>
    public static IReadOnlyList<int> Find(int count)
    {
        // All stay open until the last is found, so that the system gives none of them twice.
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

    /// <summary>The first free ports of the loopback address from <paramref name="first"/> on.</summary>
    public static IReadOnlyList<int> From(int first, int count) =>
        [.. Enumerable.Range(first, IPEndPoint.MaxPort - first).Where(port => IsFree(new IPEndPoint(IPAddress.Loopback, port))).Take(count)];

    /// <summary>Whether a program could listen at an endpoint now.</summary>
    public static bool IsFree(IPEndPoint endpoint) => Refusal(endpoint) is null;

    /// <summary>Why no program could listen at an endpoint now; null if it could.</summary>
    public static SocketError? Refusal(IPEndPoint endpoint)
    {
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
            return null;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
