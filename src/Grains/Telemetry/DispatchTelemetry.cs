using System.Diagnostics;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Grains.Telemetry;

/// <summary>How a dispatch travels, for spans and metrics.</summary>
internal static class DispatchTelemetry
{
    private const string Local = "local";
    private const string Reference = "reference";
    private const string Payload = "payload";

    private static readonly KeyValuePair<string, object?>[] s_modes =
        [new(GrainTelemetry.DispatchMode, Local), new(GrainTelemetry.DispatchMode, Reference), new(GrainTelemetry.DispatchMode, Payload)];

    /// <summary>Records that a dispatch was sent, and describes it on its span.</summary>
    /// <param name="span">Its span; null if it is not traced.</param>
    /// <param name="message">The dispatch.</param>
    /// <param name="isLocal">Whether its expert is on this silo: then nothing is copied.</param>
    /// <param name="sampleBytes">Bytes of a sample that is sent by payload.</param>
    public static void Sent(Activity? span, DispatchRequest message, bool isLocal, long sampleBytes)
    {
        var samples = message.Gates.Length;
        var numbers = message.BlockStarts.Length + samples + (message.Indexes?.Length ?? 0);
        var bytes = isLocal ? 0 : (sizeof(int) * (long)numbers) + (message.Indexes is null ? samples * sampleBytes : 0);
        var mode = s_modes[isLocal ? 0 : message.Indexes is null ? 2 : 1];
        GrainTelemetry.SentSamples.Add(samples, mode);
        if (bytes > 0) GrainTelemetry.SentBytes.Add(bytes, mode);
        span?.SetTag(mode.Key, mode.Value).SetTag(GrainTelemetry.DispatchBytes, bytes);
    }

    /// <summary>Describes the computation of a dispatch on its span.</summary>
    /// <param name="span">Its span; null if it is not traced.</param>
    /// <param name="request">The dispatch.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="silo">Name of its silo.</param>
    /// <param name="timing">Where the time went.</param>
    public static void Computed(Activity? span, DispatchRequest request, int expert, string silo, DispatchTiming timing) => span?
        .SetTag(GrainTelemetry.Step, request.Step)
        .SetTag(GrainTelemetry.Expert, expert)
        .SetTag(GrainTelemetry.Silo, silo)
        .SetTag(GrainTelemetry.Samples, request.Gates.Length)
        .SetTag(GrainTelemetry.CommitWait, timing.CommitWait / 1000)
        .SetTag(GrainTelemetry.Queue, timing.Queue / 1000);
}
