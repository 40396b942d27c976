using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Silo;
using MoeOrleans.Silo.Hosting;

namespace MoeOrleans.Cli.Training;

/// <summary>A silo in this process, for one run or for many at once.</summary>
internal sealed class EmbeddedSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private EmbeddedSilo(IHost host) => _host = host;

    /// <summary>Where its grains are found.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts it.</summary>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="verbose">Whether it logs the stack traces of failures.</param>
    public static async Task<EmbeddedSilo> Start(int threads, bool verbose) => new(await MoeSilo.StartEmbedded(threads, silo => Configure(silo, verbose)));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static void Configure(ISiloBuilder silo, bool verbose)
    {
        silo.Services.AddSingleton<IHostLifetime, NoSignals>();
        if (verbose) return;
        silo.Services.AddLogging(logging => logging
            // A run's failure is told in one line, its log has the stack trace; a recovery is a warning worth a line.
            .AddFilter(typeof(CoordinatorGrain).FullName, level => level == LogLevel.Warning)
            // A silo that is stopped right after its start logs that its own calls are refused, as errors.
            .AddFilter("Orleans.Runtime.GrainCallCancellationManager", LogLevel.None)
            .AddFilter("Orleans.Runtime.Messaging.MessageCenter", LogLevel.None));
    }
}
