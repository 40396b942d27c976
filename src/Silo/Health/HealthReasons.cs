namespace MoeOrleans.Silo.Health;

/// <summary>Why a silo is not healthy. A reason is for a supervisor's log; null means healthy.</summary>
internal static class HealthReasons
{
    private const string LostEntry = "Redis answers, but does not list the silo: it has lost its data";
    private const string DeclaredDead = "the cluster has declared the silo dead";

    /// <summary>Why the silo has not started. Once it has joined its cluster it has started, also if it leaves by now.</summary>
    public static string? NotStarted(SiloStatus status) => status is SiloStatus.None or SiloStatus.Created or SiloStatus.Joining ? $"the silo is {status}" : null;

    /// <summary>
    /// Why the silo is to be started again. If Redis does not answer, it is not: a restart would mend nothing, and lose the silo's experts.
    /// </summary>
    /// <param name="status">The silo's status.</param>
    /// <param name="entry">Its entry in Redis; null without Redis.</param>
    public static string? NotLive(SiloStatus status, EntryState? entry) =>
        status == SiloStatus.Dead || entry == EntryState.Dead ? DeclaredDead : entry == EntryState.Missing ? LostEntry : null;

    /// <summary>Why the silo takes no new work, or clients do not find it.</summary>
    /// <param name="status">The silo's status.</param>
    /// <param name="entry">Its entry in Redis; null without Redis.</param>
    /// <param name="isDraining">Whether the silo drains.</param>
    public static string? NotReady(SiloStatus status, EntryState? entry, bool isDraining) =>
        NotLive(status, entry) is { } reason ? reason
        : isDraining ? "the silo drains"
        : status != SiloStatus.Active ? $"the silo is {status}"
        : entry == EntryState.NoAnswer ? "Redis does not answer"
        : null;
}
