using Microsoft.Extensions.Hosting;

namespace MoeOrleans.Hosting.Silos;

/// <summary>
/// The lifetime of a host that is a part of a program. The program handles signals: a lifetime of the host's own would handle them too, and
/// a second Ctrl+C would not end the process.
/// </summary>
internal sealed class UnownedHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
