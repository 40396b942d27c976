using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// Logs each commit with the hash of the weights, at level Trace. The entries of two runs, or of one run before and after a fault, show
/// whether an expert committed a step twice or with other bits.
/// </summary>
internal static partial class CommitLog
{
    /// <summary>Id of the log event. Programs that read the log look for it, so it stays.</summary>
    public const int EventId = 2001;

    /// <summary>Logs a commit, after the expert has applied it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="request">The commit.</param>
    /// <param name="silo">The silo.</param>
    /// <param name="weights">The expert's weights after the commit.</param>
    public static void Write(ILogger log, HostedGrain expert, CommitRequest request, string silo, ReadOnlySpan<float> weights)
    {
        // The hash is not free.
        if (!log.IsEnabled(LogLevel.Trace)) return;
        var samples = request.Coverage.Sum(range => (long)range.Samples);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(weights)));
        LogCommit(log, expert.RunId, expert.Index, silo, request.Generation, request.Step, samples, sha256);
    }

    [LoggerMessage(
        EventId = EventId,
        Level = LogLevel.Trace,
        Message = "Run {RunId}: expert {Expert} on silo {Silo} committed, generation {Generation}, step {Step}, {Samples} samples, weights {WeightsSha256}")]
    private static partial void LogCommit(ILogger log, string runId, int expert, string silo, long generation, long step, long samples, string weightsSha256);
}
