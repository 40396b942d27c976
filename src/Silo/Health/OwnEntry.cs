using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Silo.Health;

/// <summary>What Redis says of a silo.</summary>
internal enum EntryState
{
    /// <summary>Redis lists the silo as a member.</summary>
    Listed = 0,

    /// <summary>Redis does not answer.</summary>
    NoAnswer = 1,

    /// <summary>Redis answers, and does not list the silo: Redis has lost its data.</summary>
    Missing = 2,

    /// <summary>Redis lists the silo as dead.</summary>
    Dead = 3,
}

/// <summary>
/// Reads the silo's own entry in Redis every few seconds. Orleans does not: if Redis comes back empty, its silos go on with each other, and
/// no silo or client finds them. Orleans never writes the entry of a living silo again, so the silo ends, and its supervisor starts it anew.
/// </summary>
/// <param name="read">Reads the status in the entry; null if there is none.</param>
/// <param name="end">Ends the process.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class OwnEntry(Func<Task<SiloStatus?>> read, SiloEnd end, TimeProvider time, ILogger<OwnEntry> log) : BackgroundService
{
    /// <summary>Readings in a row without the entry, after which the silo ends.</summary>
    internal const int MissingLimit = 3;

    private const string LostEntry =
        "Redis answers, but no longer lists this silo: it has lost its data; start the silo again, and let Redis keep its data (appendonly yes, maxmemory-policy noeviction)";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    private int _missing;

    /// <summary>The last reading.</summary>
    public EntryState State { get; private set; }

    /// <summary>Reads the entry now.</summary>
    public async Task<EntryState> Read()
    {
        var before = State;
        State = await Ask();
        if (State == EntryState.NoAnswer && before != EntryState.NoAnswer) LogNoAnswer(log);
        if (State != EntryState.NoAnswer && before == EntryState.NoAnswer) LogAnswers(log);
        return State;
    }

    /// <summary>Reads the entry, and ends the silo if it was lost several times in a row.</summary>
    internal async Task Check()
    {
        // One reading may come between a restart of Redis and the loading of its data.
        _missing = await Read() is EntryState.Missing or EntryState.Dead ? _missing + 1 : 0;
        if (_missing == MissingLimit) end.Now(State == EntryState.Dead ? FatalErrors.DeclaredDead : LostEntry, SiloExitCode.LeftCluster);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await Check();
    }

    private async Task<EntryState> Ask()
    {
        try
        {
            return await read().WaitAsync(s_timeout, time) switch
            {
                null => EntryState.Missing,
                SiloStatus.Dead => EntryState.Dead,
                _ => EntryState.Listed,
            };
        }
#pragma warning disable CA1031 // Whatever failed: there is no answer.
        catch (Exception)
#pragma warning restore CA1031
        {
            return EntryState.NoAnswer;
        }
    }

    [LoggerMessage(EventId = 2202, Level = LogLevel.Warning, Message = "Redis does not answer: no silo can join, and no lost silo is declared dead, until it does")]
    private static partial void LogNoAnswer(ILogger log);

    [LoggerMessage(EventId = 2203, Level = LogLevel.Information, Message = "Redis answers again")]
    private static partial void LogAnswers(ILogger log);
}
