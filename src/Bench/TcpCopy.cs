using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Bench;

/// <summary>Copies an array into another one through a loopback TCP connection: the most that two processes of this machine can exchange.</summary>
internal sealed class TcpCopy : IDisposable
{
    private readonly byte[] _source;
    private readonly byte[] _destination;
    private readonly Socket _sender;
    private readonly Socket _receiver;

    public TcpCopy(byte[] source)
    {
        _source = source;
        _destination = new byte[source.Length];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sender.Connect((IPEndPoint)listener.LocalEndpoint);
        _receiver = listener.AcceptSocket();
    }

    /// <param name="chunk">Bytes of one send.</param>
    /// <param name="passes">Number of copies.</param>
    public async Task Copy(int chunk, int passes)
    {
        var received = Task.Run(() => Receive(passes));
        await Task.Run(() =>
        {
            for (var pass = 0; pass < passes; pass++)
            {
                for (var at = 0; at < _source.Length; at += chunk) _sender.Send(_source.AsSpan(at, Math.Min(chunk, _source.Length - at)));
            }
        });
        await received;
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private void Receive(int passes)
    {
        for (var pass = 0; pass < passes; pass++)
        {
            for (var at = 0; at < _destination.Length;)
            {
                var read = _receiver.Receive(_destination.AsSpan(at));
                if (read == 0) throw new IOException("The TCP connection ended.");
                at += read;
            }
        }
    }
}
