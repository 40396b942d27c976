using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>The gateways of a cluster, of which a client uses one at a time. After a failed call it is the next one's turn.</summary>
internal sealed class GatewayTurn
{
    private readonly Lock _lock = new();
    private IReadOnlyList<Uri> _gateways = [];
    private Uri? _current;

    /// <summary>Number of gateways that the cluster listed last.</summary>
    public int Count => _gateways.Count;

    /// <summary>The gateway whose turn it is; null if the cluster lists none.</summary>
    /// <param name="listed">The gateways that the cluster lists now.</param>
    public Uri? Choose(IReadOnlyList<Uri> listed)
    {
        lock (_lock)
        {
            // A cluster that lists none may be about to start again; the last list says who may answer.
            if (listed.Count == 0) return null;
            _gateways = listed;
            if (_current is null || !listed.Contains(_current)) _current = listed[0];
            return _current;
        }
    }

    /// <summary>Gives the turn to the next gateway.</summary>
    public void Next()
    {
        lock (_lock)
        {
            if (_gateways.Count > 0) _current = _gateways[(At(_current) + 1) % _gateways.Count];
        }
    }

    /// <summary>Whether every gateway refuses connections: then no silo is left. A host that does not answer at all may come back.</summary>
    public async Task<bool> AllRefuse()
    {
        var gateways = _gateways;
        if (gateways.Count == 0) return false;
        var found = await Task.WhenAll(gateways.Select(gateway => PortProbe.Connect(new IPEndPoint(IPAddress.Parse(gateway.Host), gateway.Port))));
        return found.All(error => error == SocketError.ConnectionRefused);
    }

    /// <summary>Whether a gateway accepts connections.</summary>
    public static async Task<bool> Accepts(IPEndPoint gateway) => await PortProbe.Connect(gateway) == SocketError.Success;

    private int At(Uri? gateway)
    {
        for (var i = 0; i < _gateways.Count; i++)
        {
            if (_gateways[i].Equals(gateway)) return i;
        }

        return -1;
    }
}
