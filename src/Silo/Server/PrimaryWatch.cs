using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Silo.Server;

/// <summary>
/// Ends this silo soon after the first silo of a cluster without Redis. The first silo lists the others: without it none can join, none is
/// declared dead, and every run hangs.
/// </summary>
/// <param name="primary">Silo endpoint of the first silo.</param>
/// <param name="end">Ends the process.</param>
/// <param name="time">The clock.</param>
internal sealed class PrimaryWatch(IPEndPoint primary, SiloEnd end, TimeProvider time) : BackgroundService
{
    // One refusal may be a full queue of connections.
    private const int RefusalLimit = 2;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var refusals = 0;
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // A first silo that hangs accepts connections; only one that has ended refuses them.
            refusals = await PortProbe.Connect(primary, stoppingToken) == SocketError.ConnectionRefused ? refusals + 1 : 0;
            if (refusals < RefusalLimit) continue;
            end.Now(
                $"the first silo of the cluster, {primary}, has ended, and the cluster with it; start the silos again, the first one first "
                + "(with --clustering redis the cluster survives the loss of any silo)",
                SiloExitCode.LeftCluster);
            return;
        }
    }
}
