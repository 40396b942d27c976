using Microsoft.Extensions.Hosting;

namespace MoeOrleans.Hosting.Silos;

/// <summary>Leaves signals to the program: a host's own lifetime would answer them too, and keep a second Ctrl+C from ending the process.</summary>
public sealed class NoSignals : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
