using Microsoft.Extensions.Hosting;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Health;

namespace MoeOrleans.Silo.Server;

/// <summary>
/// Ends a silo that is asked to stop while Redis does not answer. Orleans would try for two minutes to write there that the silo leaves.
/// The host stops this service after the drain and before Orleans.
/// </summary>
/// <param name="entry">The silo's entry in Redis.</param>
/// <param name="end">Ends the process.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaveDeadline(OwnEntry entry, SiloEnd end, TimeProvider time) : IHostedService
{
    // Enough for Orleans to close its connections.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(3);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (await entry.Read() == EntryState.NoAnswer) _ = EndAtDeadline();
    }

    private async Task EndAtDeadline()
    {
        await Task.Delay(s_deadline, time, CancellationToken.None);
        end.Now("Redis does not answer, so the other silos find out by themselves that this silo has stopped", SiloExitCode.Done);
    }
}
